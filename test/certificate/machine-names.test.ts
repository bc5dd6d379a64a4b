import type { NetworkInterfaceInfo } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineNames } from '../../server/certificate/machine-names.ts';
import { makeAuthority, makeServerCertificate } from '../../server/certificate/x509.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;

describe('the names of a machine', () => {
  it('are itself, its host name with and without Bonjour, its addresses, and what was given', () => {
    const interfaces = {
      lo: [at('127.0.0.1', true), at('::1', true)],
      eth0: [at('192.168.1.20'), at('fe80::1'), at('fd00::5')],
      wlan0: undefined,
    };
    expect(machineNames('Desk', interfaces, ['0.0.0.0', 'faces.museum.org', 'Not a name!', ''])).toEqual(
      ['127.0.0.1', '192.168.1.20', '::1', 'desk', 'desk.local', 'faces.museum.org', 'fd00::5', 'localhost'].sort(),
    );
    expect(machineNames('mac.local', {}, [])).toContain('mac');
    expect(machineNames('pc.museum.org', {}, [])).not.toContain('pc.museum.org.local');
  });

  it('can always be written into a certificate, whatever the machine is called', async () => {
    const authority = await makeAuthority('A', 0);
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.string()), async (host, given) => {
        const names = machineNames(host, {}, given);
        expect(names.length).toBeGreaterThan(2);
        await makeServerCertificate(authority, names, 0);
      }),
      { numRuns: 50 },
    );
  });
});
