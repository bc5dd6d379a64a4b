/** Loads a picture from the server. Rejects what is missing, broken, or no picture. */
export type LoadBitmap = (url: string, signal: AbortSignal) => Promise<ImageBitmap>;

/** A server that does not answer for so long will not, ms. */
const patience = 20_000;

/** Over HTTP; the browser decodes off the main thread. */
export const loadBitmap: LoadBitmap = async (url, signal) => {
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort);
  const timer = setTimeout(abort, patience);
  try {
    const answer = await fetch(url, { signal: controller.signal });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const blob = await answer.blob();
    return await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
};
