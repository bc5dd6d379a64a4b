import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { makeAuthority, makeServerCertificate } from '../../server/certificate/x509.ts';

const now = Date.UTC(2026, 4, 1, 12);
const authority = await makeAuthority('Familiar Faces on desk', now);
const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...args: string[]): string => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
const hasOpenssl = (() => {
  try {
    return openssl('version').startsWith('OpenSSL');
  } catch {
    console.log('Certificates are not shown to OpenSSL: the command is missing.');
    return false;
  }
})();

const server = await makeServerCertificate(
  authority,
  ['192.168.1.20', 'fd00::12:3', '::ffff:10.0.0.1', '2001:db8:1:2:3:4:5:6'],
  now,
);

describe('the bytes', () => {
  const hexOf = ({ certificate }: { certificate: string }) => new X509Certificate(certificate).raw.toString('hex');

  it.each([
    ['ECDSA with SHA-256', '06082a8648ce3d040302'],
    ['alternative names', '0603551d11'],
    ['192.168.1.20', '8704c0a80114'],
    ['fd00::12:3', '8710fd000000000000000000000000120003'],
    ['::ffff:10.0.0.1', '871000000000000000000000ffff0a000001'],
    ['2001:db8:1:2:3:4:5:6', '871020010db8000100020003000400050006'],
  ])('are what the standard says: %s', (_, expected) => {
    expect(hexOf(server)).toContain(expected);
  });

  it.each([
    [Date.UTC(2049, 11, 31, 23, 59, 59), '170d3439313233313233353935395a'],
    [Date.UTC(2050, 0, 1), '180f32303530303130313030303030305a'],
  ])('write years as RFC 5280 wants them: %#', async (end, expected) => {
    expect(hexOf(await makeServerCertificate(authority, ['museum.org'], end - 397 * 86_400_000))).toContain(expected);
  });
});

describe('the authority', () => {
  it('is one that signs for servers and for nothing below it, for ten years', () => {
    const certificate = new X509Certificate(authority.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe('O=Familiar Faces\nCN=Familiar Faces on desk');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(authority.key))).toBe(true);
    const days = (Date.parse(certificate.validTo) - now) / 86_400_000;
    expect(days).toBeCloseTo(3_650, 0);
  });

  it.skipIf(!hasOpenssl)('and what it signs are in order by the strict rules of OpenSSL', async () => {
    const server = await makeServerCertificate(authority, ['desk.local', '10.1.2.3', '::1'], now);
    const [ca, leaf] = [join(folder, 'ca.pem'), join(folder, 'leaf.pem')];
    writeFileSync(ca, authority.certificate);
    writeFileSync(leaf, server.certificate);
    const verify = (...more: string[]) =>
      openssl(
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-attime',
        `${now / 1_000}`,
        '-CAfile',
        ca,
        ...more,
        leaf,
      );
    for (const name of [
      ['-verify_hostname', 'desk.local'],
      ['-verify_ip', '10.1.2.3'],
      ['-verify_ip', '::1'],
    ]) {
      expect(verify(...name)).toContain('OK');
    }
    expect(() => verify('-verify_ip', '10.1.2.4')).toThrow();
    const text = openssl('x509', '-in', leaf, '-noout', '-text');
    for (const part of ['CA:FALSE', 'Digital Signature', 'TLS Web Server Authentication', 'Authority Key Identifier']) {
      expect(text).toContain(part);
    }
    expect(openssl('x509', '-in', ca, '-noout', '-text')).toContain('CA:TRUE, pathlen:0');
  });
});

describe('a certificate of a server', () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  const name = fc.oneof(
    fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join('.')}.museum`),
    fc.ipV4(),
    fc.ipV6(),
  );

  it('is for every name it was made for, and for no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 30 }), name, async (names, other) => {
        const { certificate, key } = await makeServerCertificate(authority, names, now);
        const read = new X509Certificate(certificate);
        const issuer = new X509Certificate(authority.certificate);
        const isFor = (one: string) => Boolean(isIP(one) ? read.checkIP(one) : read.checkHost(one));
        expect(names.filter((one) => !isFor(one))).toEqual([]);
        if (!names.some((one) => one.includes(':') || one === other) && !other.includes(':'))
          expect(isFor(other)).toBe(false);
        expect(read.checkIssued(issuer) && read.verify(issuer.publicKey)).toBe(true);
        expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
        expect(read.ca).toBe(false);
        // What Apple's devices accept at most of an authority that was added by hand.
        expect(Date.parse(read.validTo) - Date.parse(read.validFrom)).toBeLessThan(825 * 86_400_000);
      }),
      { numRuns: 60 },
    );
  });
});
