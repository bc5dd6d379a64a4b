import { accept, type Result, refuse } from './result.ts';

/**
 * The link between the server and a tablet that lends its camera, on the WebSocket `/camera?v=1&client=<id>`.
 *
 * Tablet to server: binary frames (`frame.ts`). Kind `preview`: a few small pictures a second, only after `start`, the
 * next only once the last was acknowledged. Kind `still`: the photograph asked for by `still`, its `sequence` being
 * the id of that request. And texts: one `CameraReport` each.
 *
 * Server to tablet: an acknowledgement (8 bytes, `encodeAck`) for every frame, and texts: one `CameraOrder` each, or a
 * heartbeat (`heartbeat.ts`).
 */
export type CameraOrder =
  | { readonly type: 'start'; readonly fps: number; readonly side: number }
  | { readonly type: 'stop' }
  | { readonly type: 'still'; readonly id: number; readonly side: number };

export type CameraReport =
  /** The camera can be used. Said once the link is open: the tablet tried its camera and let it go until `start`. */
  | { readonly type: 'ready'; readonly label: string; readonly width: number; readonly height: number }
  /** `denied`: the person or the browser said no; `missing`: no camera; `lost`: it stopped; `failed`: the still failed. */
  | { readonly type: 'trouble'; readonly trouble: CameraTrouble; readonly message: string };

export const cameraTroubles = ['denied', 'missing', 'lost', 'failed'] as const;
export type CameraTrouble = (typeof cameraTroubles)[number];

const maxTextLength = 1_000;

export function parseCameraOrder(text: string): Result<CameraOrder> {
  const order = parseObject(text);
  const count = (value: unknown, max: number): value is number =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
  if (order?.type === 'stop') return accept({ type: 'stop' });
  if (order?.type === 'start' && count(order.fps, 30) && count(order.side, 12_000)) {
    return accept({ type: 'start', fps: order.fps, side: order.side });
  }
  if (order?.type === 'still' && count(order.id, 0xffff_ffff) && count(order.side, 12_000)) {
    return accept({ type: 'still', id: order.id, side: order.side });
  }
  return refuse('invalid', 'The camera was given an order that is not understood.');
}

export function parseCameraReport(text: string): Result<CameraReport> {
  const report = parseObject(text);
  if (report?.type === 'ready' && typeof report.label === 'string' && report.label.length <= 200) {
    const { label, width, height } = report;
    if (Number.isInteger(width) && Number.isInteger(height) && Number(width) > 0 && Number(height) > 0) {
      return accept({ type: 'ready', label, width: Number(width), height: Number(height) });
    }
  }
  const trouble = cameraTroubles.find((name) => name === report?.trouble);
  if (report?.type === 'trouble' && trouble && typeof report.message === 'string' && report.message.length <= 500) {
    return accept({ type: 'trouble', trouble, message: report.message });
  }
  return refuse('invalid', 'The tablet sent a camera report that is not understood.');
}

function parseObject(text: string): Record<string, unknown> | null {
  if (text.length > maxTextLength) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
