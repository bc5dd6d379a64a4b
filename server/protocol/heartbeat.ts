/**
 * What the server sends, as text, on every open WebSocket of pictures (`/frames`, `/preview`, `/camera`): browsers do not
 * show pings to pages, and a connection that died without a close looks open to them.
 */
export const heartbeat = '{"type":"heartbeat"}';
export const heartbeatIntervalMs = 5_000;
/** A page that hears nothing for this long connects again. Notices it within twice this time. */
export const silenceLimitMs = 10_000;
