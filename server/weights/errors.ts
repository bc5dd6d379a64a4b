import { FamiliarError } from '../errors.ts';

/** The file ends too early or contradicts itself: a half download, a bad disk, a crafted file. */
export const damaged = (file: string, what: string): FamiliarError =>
  new FamiliarError('WEIGHTS_DAMAGED', `${file}: the file is damaged (${what}). Fetch it again.`);

/** The file is larger or more deeply nested than any real network. */
export const beyondLimit = (file: string, what: string): FamiliarError =>
  new FamiliarError(
    'WEIGHTS_LIMIT',
    `${file}: refused, ${what}. No known network needs this; fetch it from its source.`,
  );

/** The file is sound, but holds something this program does not read. */
export const unsupported = (file: string, what: string): FamiliarError =>
  new FamiliarError('WEIGHTS_UNSUPPORTED', `${file}: ${what}.`);

/** The file holds no tensor of this name. */
export const missingTensor = (file: string, name: string): FamiliarError =>
  new FamiliarError('WEIGHTS_TENSOR_MISSING', `${file}: there is no tensor "${name}" in this file.`);
