import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { FamiliarError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import { type Credentials, makeAuthority, makeServerCertificate } from './x509.ts';

/** So long before its end a certificate is replaced, ms. */
const renewBefore = 30 * 86_400_000;
const ownerOnly = 0o600;

const files = {
  authority: { certificate: 'authority.pem', key: 'authority-key.pem' },
  server: { certificate: 'server.pem', key: 'server-key.pem' },
} as const;

/** What a certificate authority of this installation's own needs to know. */
export interface LocalAuthorityOptions {
  /** Folder of the certificates and keys; made where it is missing, for nobody but this user. */
  readonly folder: string;
  /** What devices show as the authority's name; used when it is made. */
  readonly name: string;
  /** Names and addresses of this machine, as they are just now. */
  readonly names: () => readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A certificate authority for one installation, and the certificate of its server. Devices that trust the authority once
 * keep trusting the server: its certificate is made anew before it ends and when the machine gets another address.
 */
export class LocalAuthority {
  readonly #options: LocalAuthorityOptions;
  readonly #authority: Credentials;
  #server: Credentials;

  private constructor(options: LocalAuthorityOptions, authority: Credentials, server: Credentials) {
    this.#options = options;
    this.#authority = authority;
    this.#server = server;
  }

  /**
   * Reads what is in the folder and makes what is missing, outdated or broken. An authority that is broken is not replaced
   * unasked, since every device would have to trust the new one: throws CERTIFICATE_DAMAGED.
   */
  static async open(options: LocalAuthorityOptions): Promise<LocalAuthority> {
    const { folder, name, now } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error) => {
      throw fileError(folder, error);
    });
    let authority = await read(folder, 'authority');
    if (authority === null) {
      authority = await makeAuthority(name, now());
      await write(folder, 'authority', authority);
    } else if (!isWhole(authority) || Date.parse(new X509Certificate(authority.certificate).validTo) <= now()) {
      throw damaged(folder);
    }
    const server = await read(folder, 'server');
    if (server !== null && !isNewNeeded(options, authority, server)) {
      return new LocalAuthority(options, authority, server);
    }
    return new LocalAuthority(options, authority, await makeServer(options, authority));
  }

  /** The server's certificate and key as they are now. */
  get server(): Credentials {
    return this.#server;
  }

  /** The authority's certificate for devices to trust, DER; SHA-256 of it, for people to compare; and when it ends. */
  get authority(): { readonly der: Buffer; readonly fingerprint: string; readonly validTo: Date } {
    const { raw, fingerprint256, validTo } = new X509Certificate(this.#authority.certificate);
    return { der: raw, fingerprint: fingerprint256, validTo: new Date(validTo) };
  }

  /** Makes the server's certificate anew where it is time or the machine's names changed; tells whether it did. */
  async renew(): Promise<boolean> {
    if (!isNewNeeded(this.#options, this.#authority, this.#server)) return false;
    this.#server = await makeServer(this.#options, this.#authority);
    return true;
  }
}

async function makeServer(options: LocalAuthorityOptions, authority: Credentials): Promise<Credentials> {
  const server = await makeServerCertificate(authority, options.names(), options.now());
  await write(options.folder, 'server', server);
  return server;
}

function isNewNeeded({ names, now }: LocalAuthorityOptions, authority: Credentials, server: Credentials): boolean {
  if (!isWhole(server)) return true;
  const certificate = new X509Certificate(server.certificate);
  const issuer = new X509Certificate(authority.certificate);
  const isOurs = certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  const left = Date.parse(certificate.validTo) - now();
  // A clock that was wrong when it was made: from a time that has not come, no device accepts it.
  const isEarly = Date.parse(certificate.validFrom) > now();
  const isMissing = (name: string) => !(isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name));
  return !isOurs || isEarly || left < renewBefore || names().some(isMissing);
}

/** Whether both can be read and belong together. */
function isWhole({ certificate, key }: Credentials): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function read(folder: string, which: keyof typeof files): Promise<Credentials | null> {
  const { certificate, key } = files[which];
  try {
    const pair = { certificate: await text(join(folder, certificate)), key: await text(join(folder, key)) };
    // Somebody may have copied the folder without its permissions.
    await chmod(join(folder, key), ownerOnly);
    return pair;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileError(join(folder, key), error);
  }
}

/** The key first: a certificate without its key would look like damage. */
async function write(folder: string, which: keyof typeof files, { certificate, key }: Credentials): Promise<void> {
  await writeFileAtomic(join(folder, files[which].key), key, ownerOnly);
  await writeFileAtomic(join(folder, files[which].certificate), certificate);
}

const text = (path: string): Promise<string> => readFile(path, 'utf8');

const damaged = (folder: string): FamiliarError =>
  new FamiliarError(
    'CERTIFICATE_DAMAGED',
    `The certificate authority in ${folder} is broken or has ended. Delete that folder to make a new one; each tablet must then trust the new one.`,
  );
