import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalCognitoError } from '../model/errors.ts';
import type { ServerOptions } from '../start-options.ts';

/** What a TLS server shows, PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate, and where clients find the authority that signed it. */
interface OpenedCertificate {
  readonly certificate: ServerCertificate;
  /** The file of the authority's certificate, for a certificate that was made here. */
  readonly caFile: string | undefined;
}

/**
 * Opens the certificate of a server: one that the team has, or one that is made for these names.
 *
 * @param tls - As in {@link ServerOptions}.
 * @returns `undefined` for a server without TLS.
 */
export async function openCertificate(
  tls: ServerOptions['tls'],
  names: readonly string[],
): Promise<OpenedCertificate | undefined> {
  if (tls === undefined || tls === false) return undefined;
  return tls === true ? makeCertificate(names) : readCertificate(tls);
}

/** How long a certificate that is made here is valid: the tests of one week. */
const VALID_MS = 7 * 24 * 60 * 60 * 1000;

/** Made an hour earlier: a client's clock may be behind. */
const BACKDATED_MS = 60 * 60 * 1000;

/**
 * Makes a certificate for this server, signed by an authority that is made with it and forgotten.
 *
 * @param names - Host names and addresses that clients use.
 * @param directory - Where the authority's certificate is written. @default the system's folder for temporary files
 */
async function makeCertificate(
  names: readonly string[],
  directory = tmpdir(),
): Promise<OpenedCertificate> {
  // Loaded only here: it takes as long as everything else of a start.
  const { generate } = await import('selfsigned');
  const now = Date.now();
  const common = {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(now - BACKDATED_MS),
    notAfterDate: new Date(now + VALID_MS),
  } as const;
  const authority = await generate([{ name: 'commonName', value: 'Local Cognito CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'Local Cognito' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...new Set(names)].map(toAltName) },
    ],
  });
  const caFile = join(directory, `local-cognito-ca-${process.pid}.pem`);
  await writeFile(caFile, authority.cert, { mode: 0o644 });
  return { certificate: { cert: server.cert, key: server.private }, caFile };
}

function toAltName(name: string) {
  return isIP(name) === 0 ? ({ type: 2, value: name } as const) : ({ type: 7, ip: name } as const);
}

/**
 * Reads a certificate that the team has.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_CONFIG_UNREADABLE` for a file that cannot be read.
 */
async function readCertificate(files: {
  readonly cert: string;
  readonly key: string;
}): Promise<OpenedCertificate> {
  const [cert, key] = await Promise.all([read(files.cert), read(files.key)]);
  return { certificate: { cert, key }, caFile: undefined };
}

function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const message = `The certificate file ${path} cannot be read: ${cause.code}.`;
    throw new LocalCognitoError('ERR_LOCAL_CONFIG_UNREADABLE', message, { cause });
  });
}
