// Puts live.jpg and curator.jpg together from what the visit's browser test saw:
//
//     WALL=1280x720 npx vitest run test/e2e/visit.test.ts && node docs/images/live.js
//
// It wants the portraits of ../shared, see test/reference.ts.
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const gap = 8;
const walls = ['1-attract-wall', '5-becoming-wall', '6-arrived-wall'];
const pages = ['1-attract-tablet', '5-becoming-tablet', '6-arrived-tablet', '7-receipt'];

const seen = (name) => fileURLToPath(new URL(`../../test/artefacts/visit-${name}.png`, import.meta.url));
const made = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Pictures of one height side by side -> { width, height, parts for sharp's composite }. */
async function row(names, height, top) {
  const parts = [];
  let left = 0;
  for (const name of names) {
    const { data, info } = await sharp(seen(name)).resize({ height }).toBuffer({ resolveWithObject: true });
    parts.push({ input: data, left, top });
    left += info.width + gap;
  }
  return { width: left - gap, height, parts };
}

const above = await row(walls, 306, 0);
const below = await row(pages, 600, above.height + gap);
await sharp({
  create: {
    width: Math.max(above.width, below.width),
    height: above.height + gap + below.height,
    channels: 3,
    background: '#000',
  },
})
  .composite([...above.parts, ...below.parts])
  .jpeg({ quality: 88 })
  .toFile(made('live.jpg'));
await sharp(seen('8-curator')).jpeg({ quality: 88 }).toFile(made('curator.jpg'));
