import type { Recognise } from '../../weights/inspect.ts';
import { findGenerator } from './find-generator.ts';
import { missingParts } from './generator-import.ts';

/** Tells which generator a file holds; the seam of `inspect`. */
export const recognise: Recognise = (opened) => {
  const found = findGenerator(opened);
  if (found === undefined) return undefined;
  return {
    title: `${found.title}, ${found.resolution} x ${found.resolution} pixels`,
    settings: found.tensors.metadata,
    missing: missingParts(found),
  };
};
