import { FamiliarError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { looksLikeNpy } from './npy.ts';
import { looksLikeOnnx } from './onnx.ts';
import { looksLikeSafetensors } from './safetensors.ts';
import { looksLikeTorchLegacy } from './torch-legacy.ts';
import { looksLikeZip } from './zip.ts';

/** How a file is built, whatever its name. */
export type FileKind = 'safetensors' | 'zip' | 'torch-legacy' | 'pickle' | 'npy' | 'onnx';

const headSize = 512;

/** Recognises a file by its content. Throws FamiliarError, saying what it is instead, where it holds no weights. */
export function fileKind(source: ByteSource): FileKind {
  if (source.size === 0) throw notWeights(source.name, 'the file is empty. Fetch it again');
  const head = source.read(0, Math.min(headSize, source.size));
  // First, since the length it begins with can look like the first bytes of a pickle.
  if (looksLikeSafetensors(head)) return 'safetensors';
  if (looksLikeZip(head)) return 'zip';
  if (looksLikeTorchLegacy(head)) return 'torch-legacy';
  if (looksLikeNpy(head)) return 'npy';
  if (head[0] === 0x80) return 'pickle';
  const other = otherKind(head);
  if (other) throw notWeights(source.name, other);
  if (looksLikeTextPickle(head)) return 'pickle';
  if (looksLikeOnnx(head)) return 'onnx';
  throw notWeights(source.name, `this is no file of a network that this program knows. ${advice}`);
}

const advice = 'Use a .pkl, .pt, .pth, .safetensors, .npy, .npz or .onnx file';

const notWeights = (file: string, what: string): FamiliarError =>
  new FamiliarError('WEIGHTS_NOT_RECOGNISED', `${file}: ${what}.`);

const web = 'Open the address in a browser, download the file itself, and try again';

/** What the first bytes say as text. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(!doctype html|html|head|body|!--)/i, `this is a web page, not a network. ${web}`],
  [/^\s*<\?xml/i, `this is a message of a web server, not a network. ${web}`],
  [/^\s*[{[]\s*["\]}]/, `this is a JSON text, not a network. ${web}`],
  [
    /^version https:\/\/git-lfs/,
    'this is only a pointer to the file, left by Git. Run "git lfs pull" where it comes from, or download the file itself',
  ],
  [/^(GIF8|BM|RIFF.{4}WEBP)/s, `this is a picture, not a network. ${advice}`],
  [/^.{4}ftyp/s, `this is a film, not a network. ${advice}`],
  [/^%PDF/, `this is a PDF document, not a network. ${advice}`],
  [/^(BZh|Rar!)/, 'this is a packed archive. Unpack it and use the file inside'],
  [
    /^.{257}ustar/s,
    'this is a tar archive. Unpack it and use the file inside; a PyTorch file from before 2017 has to be saved anew',
  ],
];

/** What the first bytes say in hexadecimal. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/^(89504e47|ffd8ff)/, `this is a picture, not a network. ${advice}`],
  [/^1a45dfa3/, `this is a film, not a network. ${advice}`],
  [/^(1f8b|fd377a58|377abcaf|28b52ffd)/, 'this is a packed archive. Unpack it and use the file inside'],
  [/^89484446/, 'this is an HDF5 file (Keras), which this program does not read. Convert it to safetensors or ONNX'],
];

function otherKind(head: Uint8Array): string | undefined {
  const hex = Buffer.from(head).toString('hex');
  const text = Buffer.from(hex.startsWith('efbbbf') ? head.subarray(3) : head).toString('latin1');
  return (texts.find(([pattern]) => pattern.test(text)) ?? marks.find(([pattern]) => pattern.test(hex)))?.[1];
}

/** Pickles of protocols 0 and 1 have no mark of their own; they begin with a container, a class or a MARK. */
const looksLikeTextPickle = (head: Uint8Array): boolean =>
  /^(\((d|l|t|i)|[\]})][q(]|c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n)/.test(Buffer.from(head).toString('latin1'));
