/**
 * The script of a film's page, without which the page is whole, with the players' own controls.
 *
 * Evolutions play while they are seen, rest on their last frame, and are wound by hand with the line on their curve. The
 * film marks in the row of faces which one it is at. One button stops all of it; so does the wish for less motion.
 */
export const resultPageScript = `
const root = document.documentElement;
root.classList.add('alive');
const film = document.querySelector('.opening video');
const evolutions = [...document.querySelectorAll('.becoming video')];
const still = document.querySelector('.still');
const calm = matchMedia('(prefers-reduced-motion: reduce)');
let moving = !calm.matches;
const seen = new Set();
const timers = new Map();

const start = (video) => { if (moving && seen.has(video)) video.play().catch(() => {}); };
const stop = (video) => { clearTimeout(timers.get(video)); video.pause(); };

for (const video of evolutions) {
  const scrub = video.closest('.face').querySelector('.scrub');
  const steps = Number(scrub.max);
  const frame = 1 / Number(video.dataset.fps);
  video.controls = false;
  video.loop = false;
  const end = () => Math.max(frame, video.duration - frame);
  video.addEventListener('loadedmetadata', () => {
    // A becoming shorter than three seconds is shown slower.
    video.playbackRate = Math.min(1, Math.max(0.25, video.duration / 3));
  });
  video.addEventListener('ended', () => {
    timers.set(video, setTimeout(() => { video.currentTime = 0; start(video); }, 1600));
  });
  const follow = () => {
    const part = Math.min(1, video.currentTime / end());
    scrub.value = String(Math.round(part * steps));
    if (!video.paused) requestAnimationFrame(follow);
  };
  video.addEventListener('play', follow);
  video.addEventListener('seeked', follow);
  video.addEventListener('click', () => {
    if (video.paused) { moving || seen.add(video); video.play().catch(() => {}); } else stop(video);
  });
  scrub.addEventListener('input', () => {
    stop(video);
    const part = Number(scrub.value) / steps;
    // The last frame is asked for a little before the end, where players show black or nothing.
    if (video.duration) video.currentTime = Math.min(part * end(), video.duration - frame / 2);
  });
  scrub.addEventListener('change', () => {
    clearTimeout(timers.get(video));
    timers.set(video, setTimeout(() => start(video), 2500));
  });
}

if (film) {
  const bounds = [];
  let total = 0;
  for (const link of document.querySelectorAll('.row a')) bounds.push([(total += Number(link.dataset.frames)), link]);
  film.addEventListener('timeupdate', () => {
    const at = (film.currentTime / (film.duration || 1)) * total;
    const now = bounds.find(([end]) => at < end);
    for (const [, link] of bounds) {
      if (link === (now && now[1])) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  });
}

const players = film ? [film, ...evolutions] : evolutions;
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) { seen.add(target); start(target); } else { seen.delete(target); stop(target); }
  }
}, { threshold: 0.4 });
for (const video of players) watcher.observe(video);

const tell = () => {
  still.setAttribute('aria-pressed', String(!moving));
  for (const video of players) { if (moving) start(video); else stop(video); }
};
still.addEventListener('click', () => { moving = !moving; tell(); });
calm.addEventListener('change', () => { moving = !calm.matches; tell(); });
tell();
`;
