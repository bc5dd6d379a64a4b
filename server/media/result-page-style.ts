/**
 * The style of a film's page: one column of light on a dark ground. Letters are quiet beside the faces, numbers stand in
 * columns, and nothing moves but the faces.
 */
export const resultPageStyle = `
:root {
  color-scheme: dark;
  --ground: #0c0b0b;
  --raised: #161413;
  --line: #2a2725;
  --faint: #8f8882;
  --text: #d9d4ce;
  --bright: #f6f2ec;
  --glow: #e3b68a;
  --serif: "Source Serif 4 Variable", "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Book Antiqua", Georgia, serif;
  --edge: clamp(1.25rem, 5vw, 5rem);
}
*, *::before, *::after { box-sizing: border-box; }
html { background: var(--ground); scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 90rem; padding: 0 var(--edge) 6rem;
  color: var(--text); font: 400 1rem/1.55 var(--serif); -webkit-font-smoothing: antialiased;
}
a { color: inherit; }
:focus-visible { outline: 2px solid var(--glow); outline-offset: 3px; }
img, video { display: block; width: 100%; height: auto; background: var(--raised); }
h1, h2, h3, p, dl, dd, figure, ol { margin: 0; padding: 0; }
h1, h2, h3 { font-family: var(--serif); font-weight: 350; color: var(--bright); text-wrap: balance; }
p { text-wrap: pretty; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: var(--edge); top: 1rem; background: var(--ground); padding: .5rem 1rem; z-index: 1; }

.opening {
  display: grid; gap: clamp(1.5rem, 4vw, 4rem); align-items: end;
  padding: clamp(1.25rem, 5vh, 4rem) 0 clamp(2rem, 6vh, 4rem);
}
.opening h1 { font-size: clamp(2.25rem, 5.2vw, 4.5rem); line-height: 1.05; letter-spacing: -.015em; }
.opening .lede { margin-top: 1.25rem; max-width: 34ch; font: 400 1.125rem/1.55 var(--serif); color: var(--text); }
.opening dl { margin-top: 2rem; }
.opening video, .opening .missing { aspect-ratio: 1; object-fit: cover; }
.opening.wide video { aspect-ratio: auto; }
@media (min-width: 56rem) {
  .opening { grid-template-columns: minmax(18rem, 1fr) minmax(0, min(84vh, 44rem)); }
  .opening.wide { grid-template-columns: minmax(18rem, 1fr) minmax(0, 52rem); }
}
.missing { display: grid; place-items: center; background: var(--raised); color: var(--faint); font-family: var(--serif); }

.facts { display: flex; flex-wrap: wrap; gap: 1rem clamp(1.25rem, 2.5vw, 2.25rem); }
.facts div { min-width: 3.25rem; }
.facts dt { font-size: .75rem; line-height: 1.3; color: var(--faint); }
.facts dd { font-size: 1.0625rem; color: var(--bright); font-variant-numeric: tabular-nums lining-nums; white-space: nowrap; }
.facts small { font-size: .75em; color: var(--faint); }

.row { list-style: none; display: grid; gap: 2px; grid-template-columns: repeat(auto-fill, minmax(clamp(3rem, 7vw, 6rem), 1fr)); }
.row:has(li:nth-child(9)) { grid-template-columns: repeat(auto-fit, minmax(clamp(3rem, 7vw, 6rem), 1fr)); }
.row a { display: block; position: relative; text-decoration: none; }
.row img { aspect-ratio: 1; object-fit: cover; filter: brightness(.62); transition: filter .4s; }
.row a:hover img, .row a:focus-visible img, .row a[aria-current] img { filter: none; }
.row a[aria-current]::after { content: ""; position: absolute; inset: auto 0 -6px; height: 2px; background: var(--glow); }

.pass { margin-top: clamp(4rem, 10vh, 7rem); }
.pass > h2 { font-size: clamp(1.5rem, 2.6vw, 2.25rem); line-height: 1.15; }
.pass > p { margin-top: .5rem; max-width: 60ch; color: var(--faint); }

.face { padding-top: clamp(3rem, 8vh, 5.5rem); scroll-margin-top: 0; }
.face h3 { display: flex; gap: .75em; align-items: baseline; font-size: clamp(1.375rem, 2vw, 1.75rem); line-height: 1.2; overflow-wrap: anywhere; }
.face h3 span { font: 400 .8125rem/1 var(--serif); color: var(--faint); font-variant-numeric: tabular-nums lining-nums; }
.trio { display: grid; gap: 4px; margin-top: 1rem; grid-template-columns: 1fr 1fr 1fr; }
.trio.wide { grid-template-columns: 2fr 1fr; }
.trio figcaption { margin-top: .5rem; font-size: .75rem; color: var(--faint); }
.trio img { aspect-ratio: 1; object-fit: cover; }
.trio video { object-fit: cover; aspect-ratio: 1; }
.trio.wide video { aspect-ratio: 1032 / 512; }
@media (max-width: 40rem) {
  .trio { grid-template-columns: 1fr 1fr; }
  .trio.wide { grid-template-columns: 1fr; }
  .trio .becoming { grid-column: 1 / -1; grid-row: 1; }
  .trio.wide figure:not(.becoming) { display: none; }
}
.way { display: grid; gap: 1.5rem 4px; margin-top: 2.5rem; align-items: end; }
@media (min-width: 56rem) {
  .way { grid-template-columns: 1fr 1fr 1fr; }
  .way .graph { grid-column: span 2; }
  .way .facts { display: grid; grid-template-columns: auto 1fr; padding-left: clamp(1rem, 3vw, 3rem); }
}
.graph { position: relative; }
.plot { position: relative; height: 7rem; }
.curve { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; border-bottom: 1px solid var(--line); border-top: 1px dashed var(--line); }
.line { fill: none; stroke: var(--text); stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.area { fill: var(--raised); }
.axis { display: flex; justify-content: space-between; gap: 1rem; margin-top: .4rem; font-size: .75rem; color: var(--faint); font-variant-numeric: tabular-nums; }
.graph .portrait { position: absolute; right: 0; top: -1.45em; font-size: .75rem; color: var(--faint); }

.scrub { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; background: none; appearance: none; -webkit-appearance: none; cursor: ew-resize; display: none; }
.alive .scrub { display: block; }
.scrub::-webkit-slider-runnable-track { height: 100%; background: none; }
.scrub::-moz-range-track { height: 100%; background: none; }
.scrub::-webkit-slider-thumb { -webkit-appearance: none; width: 2px; height: 7rem; background: var(--glow); border: 0; border-radius: 0; }
.scrub::-moz-range-thumb { width: 2px; height: 7rem; background: var(--glow); border: 0; border-radius: 0; }

.still {
  position: fixed; right: max(.75rem, calc(var(--edge) / 2 - 1.25rem)); bottom: 1rem; z-index: 1; display: none;
  width: 2.5rem; height: 2.5rem; border: 1px solid var(--line); border-radius: 50%; background: var(--ground);
  color: var(--faint); cursor: pointer;
}
.still::before {
  content: ""; display: block; width: .625rem; height: .75rem; margin: auto;
  background: linear-gradient(90deg, currentColor 35%, transparent 35% 65%, currentColor 65%);
}
.still[aria-pressed="true"]::before { background: currentColor; clip-path: polygon(10% 0, 100% 50%, 10% 100%); }
.still:hover { color: var(--bright); border-color: var(--faint); }
.alive .still { display: block; }

footer { margin-top: clamp(5rem, 12vh, 8rem); padding-top: 1.5rem; border-top: 1px solid var(--line); }
footer p { margin-top: 1.5rem; max-width: 70ch; font-size: .8125rem; color: var(--faint); overflow-wrap: anywhere; }
@media (prefers-reduced-motion: reduce) {
  html { scroll-behavior: auto; }
  .row img { transition: none; }
}
@media print { .still, .scrub { display: none !important; } html, body { background: #fff; color: #000; } }
`;
