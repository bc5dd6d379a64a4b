import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Html, html } from '../../server/media/html.ts';
import { curvePoints, likenessCurve } from '../../server/media/likeness-curve.ts';
import { resultPage } from '../../server/media/result-page.ts';
import { sampleFace, sampleRecord } from './sample-film.ts';

describe('html', () => {
  it('escapes values, and only values', () => {
    expect(html`<b title="${'"><script>'}">${"a & b < c > d 'e'"}</b>`.markup).toBe(
      '<b title="&#34;&#62;&#60;script&#62;">a &#38; b &#60; c &#62; d &#39;e&#39;</b>',
    );
  });

  it('takes markup, lists, numbers and nothing', () => {
    expect(html`${html`<i>${1}</i>`}${[new Html('<br>'), '<']}${false}${undefined}`.markup).toBe('<i>1</i><br>&#60;');
  });

  it('lets no text out of its place', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe('the curve', () => {
  const numbers = (markup: string) =>
    [.../class="line" d="M ([^"]*)"/.exec(markup)![1].matchAll(/[\d.]+/g)].map(Number);

  it('leads from the farthest at the lower left to the upper edge, the portrait', () => {
    const face = sampleFace('x', 'x', {
      steps: 10,
      curve: [
        { step: 0, loss: 9, lpips: 0.8 },
        { step: 5, loss: 9, lpips: 0.4 },
        { step: 10, loss: 9, lpips: 0 },
      ],
    });
    expect(numbers(likenessCurve(face, 0.8).markup)).toEqual([0, 200, 500, 100, 1000, 0]);
  });

  it('shows the loss where no likeness was measured, and nothing where nothing was', () => {
    const face = sampleFace('x', 'x', { curve: [{ step: 3, loss: 2, lpips: null }] });
    expect(curvePoints(face)).toEqual([{ step: 3, value: 2 }]);
    expect(likenessCurve(sampleFace('x', 'x', { curve: [], steps: 0 }), 0).markup).not.toContain('path');
  });

  it('keeps its end when it is thinned, and stays in its box', () => {
    const curve = Array.from({ length: 1441 }, (_, step) => ({ step, loss: 1, lpips: 1 / (1 + step) }));
    const places = numbers(likenessCurve(sampleFace('x', 'x', { steps: 1440, curve }), 0.5).markup);
    expect(places.length / 2).toBeLessThanOrEqual(301);
    expect(places.at(-2)).toBe(1000);
    places.forEach((value, i) => {
      expect(value).toBeLessThanOrEqual(i % 2 === 0 ? 1000 : 200);
    });
  });
});

/** A page without the font in it, whose letters may spell anything. */
const wordsOf = (page: string) => page.replace(/base64,[\w+/=]+/, '');

describe('resultPage', () => {
  it('shows each face with its numbers', () => {
    const page = resultPage(
      sampleRecord([
        sampleFace('Amara', '01-amara'),
        sampleFace('Jonas', '02-jonas', { handover: { lpips: 0.0123 }, seconds: 125, steps: 1440 }),
      ]),
    );
    for (const text of ['Two people', 'Amara', 'Jonas', '0.187', '0.012', '13.2 s', '2 min 5 s', '1,440 steps', 'W+']) {
      expect(page).toContain(text);
    }
    expect(page).toContain('src="01-amara/evolution.mp4"');
    expect(page).toContain('src="02-jonas/target.png"');
    expect(wordsOf(page)).not.toMatch(/undefined|NaN|\[object/);
  });

  it('says so while the film is not finished, and when there is no face yet', () => {
    const page = resultPage(sampleRecord([], { loop: null }));
    expect(page).toContain('not finished yet');
    expect(wordsOf(page)).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('shows two passes apart, and the second in the row', () => {
    const record = sampleRecord([sampleFace('Amara', '01-amara'), sampleFace('Amara', '02-amara', { pass: 2 })]);
    const page = resultPage({ ...record, settings: { ...record.settings, passes: 2 } });
    expect(page).toContain('One person');
    expect(page).toContain('The first time');
    expect(page).toContain('The second time round');
    expect([...page.matchAll(/href="#face-(\d)"/g)].map(([, index]) => index)).toEqual(['2']);
  });

  it('shows the portrait once where the videos hold it already', () => {
    const record = sampleRecord([sampleFace('Amara', '01-amara')]);
    const page = resultPage({ ...record, settings: { ...record.settings, sideBySide: true } });
    expect(page).not.toContain('target.png');
  });

  it('names no address but files of its folder', () => {
    const page = resultPage(sampleRecord([sampleFace('Amara', '01-a "b" <c> #?%')]));
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).toContain('src="01-a%20%22b%22%20%3Cc%3E%20%23%3F%25/evolution.mp4"');
  });
});
