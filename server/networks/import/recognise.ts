import type { Recognise } from '../../weights/inspect.ts';
import { findGenerator } from './find-generator.ts';
import { missingParts, titleOf } from './generator-import.ts';
import { withPlaceForMean } from './mean-latent.ts';
import { whatElse } from './not-a-generator.ts';

/** Tells which generator a file holds, or what to do with what it is instead; the seam of `inspect`. */
export const recognise: Recognise = (opened) => {
  const found = findGenerator(opened);
  if (found === undefined) return { title: whatElse(opened), settings: {}, notes: [], missing: [] };
  return {
    title: titleOf(found),
    settings: found.tensors.metadata,
    notes: found.notes,
    // A mean latent is measured where it is missing.
    missing: missingParts(withPlaceForMean(found)),
  };
};
