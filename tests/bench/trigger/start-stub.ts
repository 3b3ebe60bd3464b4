import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import { aBaseline } from '@cognito-m2m/claim-schema/testing';

/** A DynamoDB over TLS that gives one answer. */
export interface Stub {
  readonly endpointUrl: string;
  /** The certificate to trust, as a file. */
  readonly certificatePath: string;
  close(): void;
}

/** Starts the stub with a certificate of its own, made by the `openssl` command. */
export async function startStub(folder: string): Promise<Stub> {
  const [keyPath, certificatePath] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', keyPath, '-out', certificatePath];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    ...files,
  ];
  execFileSync('openssl', args, { stdio: 'ignore' });

  const body = JSON.stringify({ Items: [encodeRecord(aBaseline())], Count: 1, ScannedCount: 1 });
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length };
  const tls = { key: await readFile(keyPath), cert: await readFile(certificatePath) };
  const server = createServer(tls, (incoming, outgoing) => {
    incoming.resume().on('end', () => outgoing.writeHead(200, headers).end(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpointUrl: `https://127.0.0.1:${port}`,
    certificatePath,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
