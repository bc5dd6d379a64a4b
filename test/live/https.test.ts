import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeAuthority, makeServerCertificate } from '../../server/certificate/x509.ts';
import { defaultConfig } from '../../server/config/read-config.ts';
import { keepFresh, openHttps } from '../../server/live/https.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'https-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

const open = (changes: object) => openHttps({ ...defaultConfig().server, ...changes }, (path) => resolve(folder, path));
const authority = await makeAuthority('A', Date.now());

async function writePair(): Promise<void> {
  const { certificate, key } = await makeServerCertificate(authority, ['localhost'], Date.now());
  await writeFile(join(folder, 'c.pem'), certificate);
  await writeFile(join(folder, 'k.pem'), key);
}
const pair = { certificate: 'c.pem', certificateKey: 'k.pem' };

describe('the certificate of the pages', () => {
  it('is none by default', async () => {
    expect(await open({})).toBeNull();
  });

  it('is our own where it says auto, for every name of this machine', async () => {
    const https = await open({ certificate: 'auto', publicAddress: 'https://faces.museum.org' });
    expect(https?.authority?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    createSecureContext(https?.credentials);
    expect(await https?.renewed()).toBeNull();
  });

  it('is the one that was given, and is read anew when others renewed it', async () => {
    await writePair();
    const https = await open(pair);
    expect(https?.authority).toBeUndefined();
    expect([https?.covers('localhost'), https?.covers('evil.example')]).toEqual([true, false]);
    expect(await https?.renewed()).toBeNull();
    await writePair();
    const renewed = await https?.renewed();
    expect(renewed?.cert).not.toEqual(https?.credentials.cert);
    createSecureContext(renewed ?? {});
    expect(await https?.renewed()).toBeNull();
  });

  it('is refused in words where files are missing, swapped, broken or of two pairs', async () => {
    await expect(open(pair)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await writePair();
    await expect(open({ certificate: 'k.pem', certificateKey: 'c.pem' })).rejects.toMatchObject({
      code: 'CERTIFICATE_WRONG',
    });
    await writeFile(join(folder, 'k.pem'), (await makeAuthority('B', Date.now())).key);
    await expect(open(pair)).rejects.toThrow(/are not a certificate and its key/);
  });

  it('is looked after every hour; where it cannot be renewed, that is said and the old one stays', async () => {
    vi.useFakeTimers();
    const [used, said] = [vi.fn(), vi.fn()];
    const results = [null, { cert: 'new', key: 'new' }, new Error('The disk is full.')];
    const renewed = async () => {
      const result = results.shift() ?? null;
      if (result instanceof Error) throw result;
      return result;
    };
    const off = keepFresh({ renewed }, used, said);
    await vi.advanceTimersByTimeAsync(3 * 3_600_000);
    expect(used).toHaveBeenCalledExactlyOnceWith({ cert: 'new', key: 'new' });
    expect(said).toHaveBeenCalledExactlyOnceWith('The disk is full.');
    off();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(used).toHaveBeenCalledOnce();
  });
});
