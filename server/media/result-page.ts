import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { FilmFace, FilmRecord, FilmSettings } from './film-record.ts';
import { Html, html } from './html.ts';
import { curvePoints, likenessCurve } from './likeness-curve.ts';
import { resultPageScript } from './result-page-script.ts';
import { resultPageStyle } from './result-page-style.ts';
import { typefaceStyle } from './typeface.ts';

/**
 * The page of a film, to be written beside its `chain.json`: the film, then every face with its portrait, its becoming,
 * what it became and how near it came. One file that fetches nothing but the pictures in its folder, so that it works
 * from a disk, a web server or a stick, for as long as there are browsers.
 */
export function resultPage(record: FilmRecord): string {
  const { faces, settings } = record;
  const farthest = Math.max(0, ...faces.flatMap((face) => curvePoints(face).map(({ value }) => value)));
  const passes = [1, 2].map((pass) => faces.filter((face) => face.pass === pass)).filter((part) => part.length > 0);
  // The film shows the last pass; its faces make the row.
  const shown = passes.at(-1) ?? [];
  const people = new Set(faces.map((face) => face.portrait)).size;
  const style = typefaceStyle() + resultPageStyle;

  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: data:; media-src 'self' file:; font-src data:; style-src '${hash(style)}'; script-src '${hash(resultPageScript)}'">
<title>Familiar Faces: ${portraits(people)}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
<a class="skip" href="#faces">To the faces</a>
<header class="opening${settings.sideBySide && ' wide'}">
<div>
<h1>Familiar Faces</h1>
<p class="lede">${lede(people, settings.from)}</p>
${filmFacts(record)}
</div>
${film(record)}
</header>
<main id="faces">
<nav aria-label="Faces"><ol class="row">${shown.map((face) => rowEntry(face, faces.indexOf(face)))}</ol></nav>
${passes.map((part) => passSection(part, record, farthest))}
</main>
<footer>
${settingFacts(record)}
<p>The curves show how near a face has come to its portrait at each step. The upper edge is the portrait itself; the lower one is the farthest any face of this film was. Distances are LPIPS, where 0 is the same picture. Handover is the distance between the last picture of one face and the first of the next, and the seam that between the end of the film and its beginning.</p>
</footer>
<button type="button" class="still" aria-label="Hold still" aria-pressed="false" title="Hold still"></button>
<script>${new Html(resultPageScript)}</script>
</html>
`;
  return page.markup;
}

const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const portraits = (count: number): string => (count === 1 ? 'one portrait' : `${count} portraits`);

function lede(people: number, from: FilmSettings['from']): string {
  if (people === 1) return 'One person, found in a face that belongs to nobody.';
  const number = numerals[people] ?? String(people);
  const begin = from === 'previous' ? ' Each begins as the one before.' : '';
  return `${number} people, found one after the other in a face that belongs to none of them.${begin}`;
}

const numerals = 'No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve'.split(' ');

/** A path inside the film's folder as an address. */
const address = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
const beside = (face: FilmFace, name: string): string => address(posix.join(posix.dirname(face.video), name));
const anchor = (index: number): string => `face-${index + 1}`;
const number = (index: number): string => String(index + 1).padStart(2, '0');

function film({ loop, settings }: FilmRecord): Html {
  if (loop === null) return html`<p class="missing">The film is not finished yet.</p>`;
  return html`<video src="${address(loop.video)}" controls loop muted playsinline preload="auto" data-fps="${settings.fps}" aria-label="The film: every face turning into the next, without end"></video>`;
}

const fact = (name: string, value: Html | string | number): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function filmFacts({ faces, loop, settings }: FilmRecord): Html {
  const seconds = faces.reduce((sum, face) => sum + face.seconds, 0);
  return html`<dl class="facts">
${loop !== null && fact('Film', duration(loop.frames / settings.fps))}
${fact('Steps', thousands(faces.reduce((sum, face) => sum + face.steps, 0)))}
${fact('Took', duration(seconds))}
${loop !== null && fact('Seam', distance(loop.seam.lpips))}
</dl>`;
}

function settingFacts({ pack, settings }: FilmRecord): Html {
  const { preset, space, steps, every, fps, engine, seed } = settings;
  return html`<dl class="facts">
${fact('Face pack', html`${pack.name} <small>${pack.sha256.slice(0, 12)}</small>`)}
${fact('Resolution', `${pack.resolution} px`)}
${fact('Preset', preset)}
${fact('Space', space.toUpperCase())}
${fact('Steps a face', thousands(steps))}
${fact('A frame every', every === 1 ? 'step' : `${every} steps`)}
${fact('Frames a second', fps)}
${fact('Engine', engine)}
${fact('Seed', seed)}
</dl>`;
}

function rowEntry(face: FilmFace, index: number): Html {
  return html`<li><a href="#${anchor(index)}" data-frames="${face.frames}" title="${face.name}"><img src="${beside(face, 'final.png')}" alt="${face.name}" loading="lazy" width="128" height="128"></a></li>
`;
}

function passSection(part: readonly FilmFace[], record: FilmRecord, farthest: number): Html {
  const { faces, settings } = record;
  const [heading, text] =
    part[0].pass === 2
      ? [
          'The second time round',
          'Every face begins again, the first one as the last, so that the film can turn without end.',
        ]
      : [settings.passes === 2 ? 'The first time' : 'The faces', beginnings[settings.from]];
  return html`<section class="pass"><h2>${heading}</h2><p>${text}</p>
${part.map((face) => faceArticle(face, faces.indexOf(face), record, farthest))}</section>
`;
}

const beginnings: Readonly<Record<FilmSettings['from'], string>> = {
  previous: 'The first face begins as the mean of all faces, every other one as the face before it.',
  mean: 'Every face begins as the mean of all faces.',
  zero: 'Every face begins at the zero of the latent space.',
};

function faceArticle(face: FilmFace, index: number, { settings }: FilmRecord, farthest: number): Html {
  const points = curvePoints(face);
  const id = anchor(index);
  return html`<article class="face" id="${id}" aria-labelledby="${id}-name">
<h3 id="${id}-name"><span>${number(index)}</span>${face.name}</h3>
<div class="trio${settings.sideBySide && ' wide'}">
${!settings.sideBySide && html`<figure><img src="${beside(face, 'target.png')}" alt="Portrait of ${face.name}" loading="lazy" width="512" height="512"><figcaption>Portrait</figcaption></figure>`}
<figure class="becoming"><video src="${address(face.video)}" controls loop muted playsinline preload="metadata" data-fps="${settings.fps}" aria-label="A face becoming ${face.name}"></video><figcaption>${settings.sideBySide ? 'Portrait, and becoming' : 'Becoming'}</figcaption></figure>
<figure><img src="${beside(face, 'final.png')}" alt="The face that ${face.name} became" loading="lazy" width="512" height="512"><figcaption>Became</figcaption></figure>
</div>
<div class="way">
<div class="graph"><span class="portrait">the portrait</span>
<div class="plot">${likenessCurve(face, farthest)}<input class="scrub" type="range" min="0" max="${Math.max(1, face.steps)}" value="0" aria-label="Step in the becoming of ${face.name}"></div>
<p class="axis"><span>${points.length > 0 && `from ${distance(points[0].value)}`}</span><span>${thousands(face.steps)} steps</span></p>
</div>
<dl class="facts">
${fact('Distance', distance(face.final.lpips))}
${fact('Pixels', html`${face.final.mse.toFixed(4)} <small>MSE</small>`)}
${fact('Took', duration(face.seconds))}
${face.handover.lpips !== null && fact('Handover', distance(face.handover.lpips))}
</dl>
</div>
</article>
`;
}

const distance = (lpips: number): string => lpips.toFixed(3);
const thousands = (count: number): string => count.toLocaleString('en');

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}
