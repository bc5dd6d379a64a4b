import type { ServerResponse } from 'node:http';

/** What a route answers. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  /** `immutable`: the address changes with the content. */
  readonly cache?: 'immutable' | 'revalidate' | 'never';
  readonly headers?: Readonly<Record<string, string>>;
}

const caching = {
  immutable: 'public, max-age=31536000, immutable',
  revalidate: 'no-cache',
  never: 'no-store',
} as const;

/**
 * Pages may load only what this server gives them, show themselves in no other page, and ask for no device but the
 * camera. `blob:` and `data:` are pictures that a page makes itself; workers decode frames.
 */
const contentSecurity = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export const text = (status: number, body: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body,
  cache: 'never',
});
export const notFound = text(404, 'There is nothing here.\n');

/** A picture, or nothing. A forgotten face must not live on in a cache. */
export const image = (bytes: Uint8Array | null, type: string): Answer =>
  bytes === null ? notFound : { status: 200, type, body: bytes, cache: 'never' };

/** Sends an answer; the body is left out for HEAD. */
export function send(response: ServerResponse, answer: Answer, isHead = false): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': body.byteLength,
    'cache-control': caching[answer.cache ?? 'never'],
    'content-security-policy': contentSecurity,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
    ...answer.headers,
  });
  response.end(isHead ? undefined : body);
}

/** A part of an address without its escapes; '' where they are wrong. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
