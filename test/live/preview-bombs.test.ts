import { expect, it } from 'vitest';
import { sampleOf } from '../../server/camera/picture-sample.ts';
import { localDecoder } from '../../server/image/decoder.ts';
import { sharp } from '../../server/image/sharp.ts';
import { Portraits } from '../../server/live/portraits.ts';
import { encodePreview } from '../../server/live/preview-stream.ts';

it('decodes no preview of more than four megapixels, whatever for', async () => {
  const create = { width: 2_100, height: 2_100, channels: 3, background: '#486' } as const;
  const bytes = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
  // What the sender says of its size is not what it is.
  const preview = { bytes, encoding: 'jpeg', width: 640, height: 640, at: 1 } as const;
  const portraits = new Portraits({
    resolution: 64,
    severalFaces: 'refuse',
    smallestFace: 0,
    decoder: localDecoder,
    troubleOf: () => () => {},
  });
  const ways = [
    sampleOf(bytes, localDecoder),
    portraits.observe(preview),
    encodePreview(localDecoder)(preview, { size: 320, format: 'webp' } as never),
  ];
  for (const way of ways) await expect(way).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  await portraits.close();
});
