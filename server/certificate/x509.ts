import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

/** A certificate and its private key, both PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

const day = 86_400_000;
/** Clocks of tablets may be behind. */
const early = 2 * day;
/** Tablets must trust a new authority by hand, so it lasts. */
const authorityDays = 3_650;
/** Apple's devices accept 825 days at most of authorities that people have added; a year and a month is what others do. */
const serverDays = 397;

const algorithm = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
const extensionIds = {
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  constraints: '2.5.29.19',
  authorityKey: '2.5.29.35',
  extendedUsage: '2.5.29.37',
} as const;
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/** Makes a certificate authority of one's own (RFC 5280): a key on P-256 that vouches for itself. `now` in ms. */
export function makeAuthority(name: string, now: number): Credentials {
  const { key, spki } = makeKey();
  const extensions = [
    extension('constraints', der.sequence(der.isTrue(), der.integer(Buffer.of(0))), true),
    // keyCertSign and cRLSign.
    extension('keyUsage', der.bitString(Buffer.of(0b0000_0110), 1), true),
    extension('subjectKey', der.octetString(keyIdentifier(spki))),
  ];
  return { key, certificate: issue(key, name, name, now, authorityDays, spki, extensions) };
}

/**
 * Makes a certificate with which a server shows that it is each of `names`: DNS names and IP addresses, at least one.
 * Signed by `authority`, whose own name is `issuer`.
 */
export function makeServerCertificate(
  authority: Credentials,
  issuer: string,
  names: readonly string[],
  now: number,
): Credentials {
  const { key, spki } = makeKey();
  const authoritySpki = createPublicKey(authority.certificate).export({ type: 'spki', format: 'der' });
  const alternatives = names.map((name) =>
    isIP(name) ? der.implicit(7, der.addressBytes(name)) : der.implicit(2, Buffer.from(name, 'latin1')),
  );
  const extensions = [
    extension('constraints', der.sequence(), true),
    // digitalSignature.
    extension('keyUsage', der.bitString(Buffer.of(0b1000_0000), 7), true),
    extension('extendedUsage', der.sequence(der.objectIdentifier(serverAuthentication))),
    extension('alternativeNames', der.sequence(...alternatives)),
    extension('subjectKey', der.octetString(keyIdentifier(spki))),
    extension('authorityKey', der.sequence(der.implicit(0, keyIdentifier(authoritySpki)))),
  ];
  return { key, certificate: issue(authority.key, issuer, 'Familiar Faces', now, serverDays, spki, extensions) };
}

/** A certificate as it is downloaded and compared: its bytes without PEM. */
export const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');

function makeKey(): { readonly key: string; readonly spki: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    spki: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

function issue(
  signingKey: string,
  issuer: string,
  subject: string,
  now: number,
  days: number,
  spki: Buffer,
  extensions: readonly der.Der[],
): string {
  const content = der.sequence(
    // Version 3 is written as 2.
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(randomBytes(16)),
    algorithm,
    distinguishedName(issuer),
    der.sequence(der.time(now - early), der.time(now + days * day)),
    distinguishedName(subject),
    spki,
    der.explicit(3, der.sequence(...extensions)),
  );
  const signature = sign('sha256', content, createPrivateKey(signingKey));
  const lines =
    der
      .sequence(content, algorithm, der.bitString(signature))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Organisation and common name; names of certificates are 64 characters at most. */
function distinguishedName(common: string): der.Der {
  const part = (id: string, value: string) => der.set(der.sequence(der.objectIdentifier(id), der.text(value)));
  return der.sequence(part('2.5.4.10', 'Familiar Faces'), part('2.5.4.3', common.slice(0, 64)));
}

const extension = (name: keyof typeof extensionIds, value: der.Der, isCritical = false): der.Der =>
  der.sequence(der.objectIdentifier(extensionIds[name]), ...(isCritical ? [der.isTrue()] : []), der.octetString(value));

/** SHA-1 of the point on the curve, the last 65 bytes of the key as it stands in a certificate (RFC 5280, 4.2.1.2). */
const keyIdentifier = (spki: Buffer): Buffer => createHash('sha1').update(spki.subarray(-65)).digest();
