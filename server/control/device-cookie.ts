import { createHash, randomBytes } from 'node:crypto';
import { isOwn, type Sender } from '../protocol/loopback.ts';

const plainName = 'familiar-device';
/** Browsers take a cookie of this prefix over https only, and send it to no other host. */
const secureName = '__Host-familiar-device';
/** As long as browsers keep a cookie at all, s. Sent again whenever a page is loaded. */
const maxAge = 400 * 24 * 3_600;

/** Whether the browser reached us over https: directly, or through a proxy on this computer that says so. */
export const isSecure = ({ socket, headers }: Sender): boolean =>
  socket.encrypted === true || (isOwn(socket) && headers['x-forwarded-proto'] === 'https');

/** `Set-Cookie` of a device, for the kind of connection that `request` came over. Scripts cannot read it. */
export function deviceCookie(token: string, request: Sender): string {
  const secure = isSecure(request);
  const name = secure ? secureName : plainName;
  return `${name}=${token}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** First letter of a token: given over https, or over plain http, where others may have read it. */
const origin = (request: Sender): string => (isSecure(request) ? 's' : 'p');

/** A new secret of 192 bits, for the kind of connection that `request` came over. */
export const newToken = (request: Sender): string => origin(request) + randomBytes(24).toString('base64url');

/**
 * The token that proves which device a request comes from; null where there is none. What was once sent over plain http
 * proves nothing over https.
 */
export function deviceToken(request: Sender): string | null {
  const token = cookieOf(request, isSecure(request) ? secureName : plainName);
  return token?.startsWith(origin(request)) ? token : null;
}

/** All tokens of a request, over whichever kind of connection they were given. */
export const deviceTokens = (request: Sender): readonly string[] =>
  [plainName, secureName].map((name) => cookieOf(request, name)).filter((token) => token !== null);

/** What is kept of a token: nobody who reads the state file can pretend to be the device. */
export const tokenHash = (token: string): string => createHash('sha256').update(token, 'utf8').digest('base64url');

function cookieOf({ headers }: Sender, name: string): string | null {
  for (const part of String(headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}
