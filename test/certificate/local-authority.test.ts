import { X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalAuthority } from '../../server/certificate/local-authority.ts';

const day = 86_400_000;
let parent: string;
let folder: string;
let now: number;
let names: string[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'authority-'));
  folder = join(parent, 'state', 'certificate');
  now = Date.UTC(2026, 0, 1);
  names = ['desk.local', '192.168.1.20'];
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const open = () => LocalAuthority.open({ folder, name: 'Familiar Faces on desk', names: () => names, now: () => now });
const serial = ({ server }: LocalAuthority) => new X509Certificate(server.certificate).serialNumber;

describe('the local authority', () => {
  it('is made once, and found again', async () => {
    const first = await open();
    const second = await open();
    expect(second.authority.fingerprint).toBe(first.authority.fingerprint);
    expect(serial(second)).toBe(serial(first));
    expect(await second.renew()).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('keeps its keys from everybody else', async () => {
    await open();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const key of ['authority-key.pem', 'server-key.pem']) {
      expect((await stat(join(folder, key))).mode & 0o777).toBe(0o600);
    }
    await copyFile(join(folder, 'server.pem'), join(parent, 'copy.pem'));
    await rm(join(folder, 'server-key.pem'));
    await writeFile(join(folder, 'server-key.pem'), 'somebody made this one', { mode: 0o644 });
    await open();
    expect((await stat(join(folder, 'server-key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('renews the certificate of the server a month before it ends, without another authority', async () => {
    const authority = await open();
    const before = serial(authority);
    now += 366 * day;
    expect(await authority.renew()).toBe(false);
    now += 2 * day;
    expect(await authority.renew()).toBe(true);
    expect(serial(authority)).not.toBe(before);
    expect(Date.parse(new X509Certificate(authority.server.certificate).validTo)).toBeGreaterThan(now + 390 * day);
    expect((await open()).authority.fingerprint).toBe(authority.authority.fingerprint);
  });

  it('renews it when the machine gets another address, and when its clock had been ahead', async () => {
    const authority = await open();
    names = [...names, '10.0.0.7', 'faces.museum.org'];
    expect(await authority.renew()).toBe(true);
    expect(new X509Certificate(authority.server.certificate).checkIP('10.0.0.7')).toBe('10.0.0.7');
    // An address that is gone does no harm.
    names = names.slice(1);
    expect(await authority.renew()).toBe(false);
    now -= 30 * day;
    expect(await authority.renew()).toBe(true);
  });

  it.each(['server.pem', 'server-key.pem'])('makes %s anew where it is broken or gone', async (file) => {
    const before = await open();
    await writeFile(join(folder, file), (await readFile(join(folder, file))).subarray(0, 100));
    const after = await open();
    expect(serial(after)).not.toBe(serial(before));
    expect(after.authority.fingerprint).toBe(before.authority.fingerprint);
    await rm(join(folder, file));
    expect(serial(await open())).not.toBe(serial(after));
  });

  it('signs anew what another authority signed', async () => {
    await open();
    const [first, second] = [folder, join(parent, 'other')];
    folder = second;
    const other = await open();
    for (const file of ['server.pem', 'server-key.pem']) await copyFile(join(first, file), join(second, file));
    const found = await open();
    const issuer = new X509Certificate(await readFile(join(second, 'authority.pem')));
    expect(found.authority.fingerprint).toBe(other.authority.fingerprint);
    expect(new X509Certificate(found.server.certificate).verify(issuer.publicKey)).toBe(true);
  });

  it('is not replaced unasked where it is broken or has ended', async () => {
    await open();
    const whole = await readFile(join(folder, 'authority.pem'));
    await writeFile(join(folder, 'authority.pem'), 'no');
    await expect(open()).rejects.toMatchObject({ code: 'CERTIFICATE_DAMAGED' });
    await writeFile(join(folder, 'authority.pem'), whole);
    now += 3_651 * day;
    await expect(open()).rejects.toThrow(/Delete that folder/);
  });

  it('says what is wrong with the folder', async () => {
    await writeFile(join(parent, 'state'), 'a file');
    await expect(open()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
