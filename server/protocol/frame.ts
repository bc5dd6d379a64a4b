import { accept, type Result, refuse } from './result.ts';
import { type StateName, stateNames } from './states.ts';

/**
 * A picture on a WebSocket: a header of 36 bytes, big-endian, then the payload.
 *
 * | at | type | field                                                          |
 * |----|------|----------------------------------------------------------------|
 * |  0 | u16  | magic 'FF'                                                     |
 * |  2 | u8   | version                                                        |
 * |  3 | u8   | encoding: index into `encodings`                               |
 * |  4 | u32  | sequence, counts up, wraps at 2^32                             |
 * |  8 | f64  | capture time, ms since 1970 on the sender's clock              |
 * | 16 | u16  | width, px                                                      |
 * | 18 | u16  | height, px                                                     |
 * | 20 | u8   | kind: index into `frameKinds`                                  |
 * | 21 | u8   | state of the visit: index into `stateNames`                    |
 * | 22 | u16  | blend, ms: how long to dissolve into this picture; 0 = at once |
 * | 24 | u32  | visitor's number; 0 = nobody's                                 |
 * | 28 | f32  | likeness 0..1; NaN = not known                                 |
 * | 32 | u32  | length of the payload, bytes                                   |
 */
export const frameVersion = 1;
export const frameHeaderBytes = 36;
const magic = 0x4646;

/** How the payload is written. `rgb` is raw, rows from the top, 3 bytes a pixel: for loopback. */
export const encodings = ['rgb', 'jpeg', 'webp'] as const;
export type Encoding = (typeof encodings)[number];

/**
 * What is seen: `face` a step of the becoming, `chain` a past face, `nobody` a face that was never anybody's, `preview` the
 * camera's live picture, `still` a photograph at full size.
 */
export const frameKinds = ['face', 'chain', 'nobody', 'preview', 'still'] as const;
export type FrameKind = (typeof frameKinds)[number];

export const frameLimits = {
  /** Longest side, px. */
  side: 12_000,
  /** Largest payload, bytes. */
  payload: 32 * 1024 * 1024,
  /** Largest blend, ms. */
  blend: 0xffff,
} as const;

export interface FrameHeader {
  readonly sequence: number;
  readonly capturedAt: number;
  readonly encoding: Encoding;
  readonly kind: FrameKind;
  readonly width: number;
  readonly height: number;
  readonly state: StateName;
  readonly blend: number;
  /** 0 where the face is nobody's. */
  readonly visitor: number;
  /** null where it is not known. */
  readonly likeness: number | null;
}

export interface Frame {
  readonly header: FrameHeader;
  /** A view into the message where it was decoded, not a copy. */
  readonly payload: Uint8Array;
}

/** Header and payload as one message. Throws RangeError where a field cannot be written: that is a defect of the sender. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const problem = headerProblem(header, payload.byteLength);
  if (problem) throw new RangeError(problem);
  const bytes = new Uint8Array(frameHeaderBytes + payload.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, magic);
  view.setUint8(2, frameVersion);
  view.setUint8(3, encodings.indexOf(header.encoding));
  view.setUint32(4, header.sequence);
  view.setFloat64(8, header.capturedAt);
  view.setUint16(16, header.width);
  view.setUint16(18, header.height);
  view.setUint8(20, frameKinds.indexOf(header.kind));
  view.setUint8(21, stateNames.indexOf(header.state));
  view.setUint16(22, header.blend);
  view.setUint32(24, header.visitor);
  view.setFloat32(28, header.likeness ?? Number.NaN);
  view.setUint32(32, payload.byteLength);
  bytes.set(payload, frameHeaderBytes);
  return bytes;
}

/** Reads a message of unknown origin. Never throws; code `version` means that the page must be reloaded. */
export function decodeFrame(message: ArrayBuffer | Uint8Array): Result<Frame> {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.byteLength < frameHeaderBytes) return refuse('invalid', 'The frame is shorter than its header.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== magic) return refuse('invalid', 'The message is not a frame.');
  const version = view.getUint8(2);
  if (version !== frameVersion) return refuse('version', `The frame is of version ${version}, not ${frameVersion}.`);
  const encoding = encodings[view.getUint8(3)];
  const kind = frameKinds[view.getUint8(20)];
  const state = stateNames[view.getUint8(21)];
  if (!encoding || !kind || !state) return refuse('invalid', 'The frame has an unknown encoding, kind or state.');
  const likeness = view.getFloat32(28);
  const header: FrameHeader = {
    sequence: view.getUint32(4),
    capturedAt: view.getFloat64(8),
    encoding,
    kind,
    width: view.getUint16(16),
    height: view.getUint16(18),
    state,
    blend: view.getUint16(22),
    visitor: view.getUint32(24),
    likeness: Number.isNaN(likeness) ? null : likeness,
  };
  const length = view.getUint32(32);
  if (length !== bytes.byteLength - frameHeaderBytes) return refuse('invalid', 'The frame is cut off or too long.');
  const problem = headerProblem(header, length);
  return problem ? refuse('invalid', problem) : accept({ header, payload: bytes.subarray(frameHeaderBytes) });
}

function headerProblem(header: FrameHeader, payloadBytes: number): string | null {
  const { width, height, likeness } = header;
  if (!isCount(width, 1, frameLimits.side) || !isCount(height, 1, frameLimits.side)) {
    return `A frame of ${width} x ${height} px is outside 1 to ${frameLimits.side} px.`;
  }
  if (payloadBytes < 1 || payloadBytes > frameLimits.payload)
    return `A payload of ${payloadBytes} bytes is not allowed.`;
  if (header.encoding === 'rgb' && payloadBytes !== width * height * 3) {
    return `Raw RGB of ${width} x ${height} px has ${width * height * 3} bytes, not ${payloadBytes}.`;
  }
  if (!Number.isFinite(header.capturedAt) || header.capturedAt < 0) return 'The capture time is not a time.';
  if (likeness !== null && !(likeness >= 0 && likeness <= 1)) return 'The likeness is outside 0..1.';
  if (!isCount(header.sequence, 0, 0xffff_ffff) || !isCount(header.visitor, 0, 0xffff_ffff)) {
    return 'Sequence or visitor is not a count.';
  }
  if (!isCount(header.blend, 0, frameLimits.blend)) return `The blend is outside 0..${frameLimits.blend} ms.`;
  return null;
}

const isCount = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/**
 * The only message a receiver of frames sends: "drawn (or dropped as stale), send the next". 8 bytes: magic 'FA', version,
 * zero, sequence. The sender keeps at most one frame unacknowledged, so a slow receiver slows nobody but itself.
 */
export const ackBytes = 8;
const ackMagic = 0x4641;

export function encodeAck(sequence: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ackBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ackMagic);
  view.setUint8(2, frameVersion);
  view.setUint32(4, sequence);
  return bytes;
}

/** The acknowledged sequence. Never throws. */
export function decodeAck(message: ArrayBuffer | Uint8Array): Result<number> {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.byteLength !== ackBytes) return refuse('invalid', 'The message is not an acknowledgement.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== ackMagic || view.getUint8(3) !== 0) {
    return refuse('invalid', 'The message is not an acknowledgement.');
  }
  const version = view.getUint8(2);
  if (version !== frameVersion) return refuse('version', `The acknowledgement is of version ${version}.`);
  return accept(view.getUint32(4));
}

/** What a receiver asks for when it opens `/frames` or `/preview`: `/frames?v=1&size=512&format=webp`. */
export interface FrameRequest {
  /** Longest side wanted, px; pictures are never enlarged. */
  readonly size: number;
  readonly format: Encoding;
}

export const frameSizes = [128, 256, 512, 768, 1024, 1536, 2048] as const;

/** Without a format the installation's own is sent. */
export const frameQuery = ({ size, format }: Pick<FrameRequest, 'size'> & Partial<FrameRequest>): string =>
  `?v=${frameVersion}&size=${size}${format ? `&format=${format}` : ''}`;

/** Reads that query; anything missing gets the default, so that a bare `/frames` works too. */
export function parseFrameQuery(query: URLSearchParams, usual: Encoding = 'jpeg'): Result<FrameRequest> {
  const version = query.get('v') ?? String(frameVersion);
  if (version !== String(frameVersion)) return refuse('version', 'This page is of another version: reload it.');
  const format = encodings.find((name) => name === (query.get('format') ?? usual));
  if (!format) return refuse('invalid', `format must be one of ${encodings.join(', ')}.`);
  const size = Number(query.get('size') ?? 512);
  if (!frameSizes.some((allowed) => allowed === size)) {
    return refuse('invalid', `size must be one of ${frameSizes.join(', ')}.`);
  }
  return accept({ size, format });
}
