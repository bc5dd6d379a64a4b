import { X509Certificate } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { pageAddress } from '../live/addresses.ts';
import { openAuthority } from '../live/https.ts';
import { routes } from '../protocol/routes.ts';
import { configOption, openConfig } from './config-file.ts';

/** `familiar-faces certificate`: makes the certificate that `server: certificate: auto` uses, and shows it. */
export function registerCertificate(program: Command): void {
  program
    .command('certificate')
    .description('https for the tablets: make a local certificate, and say how tablets come to trust it')
    .addOption(configOption())
    .action(async ({ config: file }: { config: string }) => {
      const { config, folder } = await openConfig(file);
      const { server } = config;
      const inFolder = (path: string) => resolve(folder, path);
      const authority = await openAuthority(server, inFolder);
      const { subjectAltName = '', validTo } = new X509Certificate(authority.server.certificate);
      const day = (date: string | Date) => new Date(date).toISOString().slice(0, 10);
      const rows = [
        ['authority', join(inFolder(server.stateFolder), 'certificate', 'authority.pem')],
        ['', `until ${day(authority.authority.validTo)}`],
        ['SHA-256', authority.authority.fingerprint],
        ['server', `until ${day(validTo)}; renewed by itself, also when this computer gets another address`],
        ['names', subjectAltName.replaceAll('DNS:', '').replaceAll('IP Address:', '')],
      ];
      const isOn = server.certificate === 'auto';
      const next = [
        ...(isOn ? [] : [`In ${file}, under server, write: certificate: auto`]),
        `Run npm start, and open ${pageAddress(server, server.port, false)}${routes.certificate} once on each tablet.`,
      ];
      process.stdout.write(
        `${rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n')}\n\n${next.join('\n')}\n`,
      );
    });
}
