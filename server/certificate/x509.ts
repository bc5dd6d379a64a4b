import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

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

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Makes a certificate authority of one's own (RFC 5280): a key on P-256 that vouches for itself. `now` in ms. */
export async function makeAuthority(name: string, now: number): Promise<Credentials> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: distinguishedName(name),
    ...validFor(authorityDays, now),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate}\n`, key: await pemOf(keys.privateKey) };
}

/**
 * Makes a certificate with which a server shows that it is each of `names`: DNS names and IP addresses, at least one.
 * Signed by `authority`. `now` in ms.
 */
export async function makeServerCertificate(
  authority: Credentials,
  names: readonly string[],
  now: number,
): Promise<Credentials> {
  const x509 = await library();
  const issuer = new x509.X509Certificate(authority.certificate);
  const issuerKey = x509.PemConverter.decodeFirst(authority.key);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: distinguishedName('Familiar Faces'),
    issuer: issuer.subjectName,
    ...validFor(serverDays, now),
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', issuerKey, algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map(alternative)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: `${certificate}\n`, key: await pemOf(keys.privateKey) };
}

/** Loaded when a certificate is to be made, which is seldom: not at every start. */
const library = () => import('@peculiar/x509');

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const { PemConverter } = await library();
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), PemConverter.PrivateKeyTag)}\n`;
}

const validFor = (days: number, now: number) => ({
  notBefore: new Date(now - early),
  notAfter: new Date(now + days * day),
});

/** Organisation and common name; names of certificates are 64 characters at most. */
const distinguishedName = (common: string): { [type: string]: string[] }[] => [
  { O: ['Familiar Faces'] },
  { CN: [common.slice(0, 64)] },
];

function alternative(name: string) {
  if (isIP(name) === 0) return { type: 'dns', value: name } as const;
  // The library misreads IPv6 addresses that end as IPv4 ones do; URLs write them in one way.
  const value = isIP(name) === 6 ? new URL(`http://[${name.split('%')[0]}]`).hostname.slice(1, -1) : name;
  return { type: 'ip', value } as const;
}
