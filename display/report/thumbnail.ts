import { displayLimits } from '../../server/protocol/messages.ts';

const width = 320;
const qualities = [0.8, 0.6, 0.35];

/**
 * A small JPEG of what the canvas shows, as seen on the wall. To be called in the same task as the drawing: afterwards the
 * canvas is empty. Null where the browser cannot.
 */
export async function takeThumbnail(canvas: HTMLCanvasElement): Promise<ArrayBuffer | null> {
  const height = Math.max(1, Math.round((canvas.height / canvas.width) * width));
  try {
    const bitmap = await createImageBitmap(canvas, {
      resizeWidth: width,
      resizeHeight: height,
      resizeQuality: 'medium',
    });
    const small = new OffscreenCanvas(width, height);
    small.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
    bitmap.close();
    for (const quality of qualities) {
      const blob = await small.convertToBlob({ type: 'image/jpeg', quality });
      if (blob.size <= displayLimits.thumbnail) return await blob.arrayBuffer();
    }
    return null;
  } catch {
    // Lost between drawing and reading: the next one will do.
    return null;
  }
}
