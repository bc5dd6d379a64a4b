/** Loads a picture from the server. Rejects what is missing, broken, or no picture. */
export type LoadBitmap = (url: string, signal: AbortSignal) => Promise<ImageBitmap>;

const patience = 20_000;

/** Over HTTP; the browser decodes off the main thread. */
export const loadBitmap: LoadBitmap = async (url, signal) => {
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return createImageBitmap(await answer.blob(), { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
};
