import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultConfig, readConfig } from '../config/read-config.ts';
import { pageAddress } from '../live/addresses.ts';
import { openAuthority } from '../live/https.ts';
import { routes } from '../protocol/routes.ts';

const defaultFile = 'installation.yaml';

/** `familiar-faces certificate`: makes the certificate that `server: certificate: auto` uses, and shows it. */
export function registerCertificate(program: Command): void {
  program
    .command('certificate')
    .description('https for the tablets: make a local certificate, and say how tablets come to trust it')
    .option('-c, --config <file>', 'the configuration file', defaultFile)
    .action(async ({ config: file }: { config: string }) => {
      const { server } = file === defaultFile && !existsSync(file) ? defaultConfig() : await readConfig(file);
      const inFolder = (path: string) => resolve(dirname(resolve(file)), path);
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
