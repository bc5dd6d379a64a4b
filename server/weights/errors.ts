import { FamiliarError } from '../errors.ts';

/** The file ends too early or contradicts itself: a half download, a bad disk, a crafted file. */
export const damaged = (file: string, what: string): FamiliarError =>
  new FamiliarError('WEIGHTS_DAMAGED', `${file}: the file is damaged (${printable(what)}). Fetch it again.`);

/** The file is larger or more deeply nested than any real network. */
export const beyondLimit = (file: string, what: string): FamiliarError =>
  new FamiliarError(
    'WEIGHTS_LIMIT',
    `${file}: refused, ${printable(what)}. No known network needs this; fetch it from its source.`,
  );

/** The file is sound, but holds something this program does not read. */
export const unsupported = (file: string, what: string): FamiliarError =>
  new FamiliarError('WEIGHTS_UNSUPPORTED', `${file}: ${printable(what)}.`);

/** The file holds no tensor of this name. */
export const missingTensor = (file: string, name: string): FamiliarError =>
  new FamiliarError('WEIGHTS_TENSOR_MISSING', `${file}: there is no tensor "${printable(name)}" in this file.`);

/** A pickle names a class or function outside the closed list. Nothing of it was run. */
export const forbiddenClass = (file: string, path: string, at: number): FamiliarError =>
  new FamiliarError(
    'WEIGHTS_FORBIDDEN',
    `${file}: refused, it wants to use ${printable(path)} (byte ${at}), which no known network needs. Nothing was run. ` +
      'Fetch the file from its source, or convert it to safetensors on another machine.',
  );

const maxShown = 300;

/** Names come from the file: without anything that could steer a terminal, and of bearable length. */
export const printable = (text: string): string => {
  const clean = text.slice(0, maxShown).replace(/\p{C}/gu, '?');
  return text.length > maxShown ? `${clean}...` : clean;
};
