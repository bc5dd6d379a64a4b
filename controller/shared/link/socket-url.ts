/** The address of a WebSocket on the page's own server. */
export const socketUrl = (path: string): string => new URL(path, location.href.replace(/^http/, 'ws')).href;
