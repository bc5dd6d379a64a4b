import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { LocalAuthority } from '../certificate/local-authority.ts';
import { machineNames } from '../certificate/machine-names.ts';
import type { Config } from '../config/schema.ts';
import { FamiliarError, messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import type { Authority } from '../http/certificate-page.ts';
import type { TlsCredentials } from '../http/secure.ts';
import type { Off } from '../installation/ports.ts';

/** How often it is looked for a certificate that is to be renewed, or was renewed by others, ms. */
const lookEvery = 3_600_000;

/** Where the certificate of the pages comes from. */
export interface Https {
  readonly credentials: TlsCredentials;
  /** Ours, where it is: devices must be made to trust it. */
  readonly authority?: Authority;
  /** Whether the certificate in use is for this name. */
  covers(name: string): boolean;
  /** Makes or reads it anew where that is due; null where nothing changed. */
  renewed(): Promise<TlsCredentials | null>;
}

type InFolder = (path: string) => string;

/** What `server` in installation.yaml asks for; null for plain http. Throws CERTIFICATE_* or what is wrong with a file. */
export async function openHttps(server: Config['server'], inFolder: InFolder): Promise<Https | null> {
  if (server.certificate === '') return null;
  return server.certificate === 'auto' ? own(await openAuthority(server, inFolder)) : fromFiles(server, inFolder);
}

/** The installation's own certificate authority, made where there is none yet. */
export function openAuthority(server: Config['server'], inFolder: InFolder): Promise<LocalAuthority> {
  const given = [server.host, ...(server.publicAddress ? [new URL(server.publicAddress).hostname] : [])];
  return LocalAuthority.open({
    folder: inFolder(join(server.stateFolder, 'certificate')),
    name: `Familiar Faces on ${hostname().replace(/[^\w.-]/g, '')}`,
    names: () => machineNames(hostname(), networkInterfaces(), given),
    now: Date.now,
  });
}

/** Keeps the certificate fresh for as long as the piece runs; a failure is told, and the old one stays. */
export function keepFresh(
  https: Pick<Https, 'renewed'>,
  use: (credentials: TlsCredentials) => void,
  say: (trouble: string) => void,
): Off {
  const look = async () => {
    const credentials = await https.renewed();
    if (credentials !== null) use(credentials);
  };
  const timer = setInterval(() => void look().catch((error) => say(messageOf(error))), lookEvery);
  timer.unref();
  return () => clearInterval(timer);
}

function own(authority: LocalAuthority): Https {
  const credentials = () => ({ cert: authority.server.certificate, key: authority.server.key });
  return {
    credentials: credentials(),
    authority: authority.authority,
    covers: (name) => new X509Certificate(authority.server.certificate).checkHost(name) !== undefined,
    renewed: async () => ((await authority.renew()) ? credentials() : null),
  };
}

async function fromFiles(server: Config['server'], inFolder: InFolder): Promise<Https> {
  const [certificate, key] = [inFolder(server.certificate), inFolder(server.certificateKey)];
  let last = await readPair(certificate, key);
  return {
    credentials: last,
    covers: (name) => new X509Certificate(last.cert).checkHost(name) !== undefined,
    renewed: async () => {
      const now = await readPair(certificate, key);
      if (now.cert.equals(last.cert) && now.key.equals(last.key)) return null;
      last = now;
      return now;
    },
  };
}

async function readPair(certificate: string, key: string): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const read = (path: string) =>
    readFile(path).catch((error) => {
      throw fileError(path, error);
    });
  const pair = { cert: await read(certificate), key: await read(key) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new FamiliarError(
      'CERTIFICATE_WRONG',
      `${certificate} and ${key} are not a certificate and its key, both as PEM (${messageOf(error)}). See 'certificate' under 'server' in installation.yaml.`,
      { cause: error },
    );
  }
  return pair;
}
