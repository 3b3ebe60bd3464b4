import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import { aBaseline, aTokenSelector } from '@cognito-m2m/claim-schema/testing';
import {
  makeCertificate,
  startUserIssuer,
  type UserIssuer,
} from '@cognito-m2m/pre-token-generation/testing';

/** What the measured functions talk to. */
export interface Stub {
  /** A DynamoDB over TLS that knows two clients. */
  readonly endpointUrl: string;
  /** An issuer of users' tokens over TLS. */
  readonly issuer: UserIssuer;
  /** The certificates to trust, as a file. */
  readonly certificatePath: string;
  close(): Promise<void>;
}

/** The client that takes a claim from a user's token; any other has the same claims without it. */
export const AGENT = 'agent';

/** Starts both with certificates of their own. */
export async function startStub(folder: string): Promise<Stub> {
  const [tls, issuer] = await Promise.all([makeCertificate('127.0.0.1'), startUserIssuer()]);
  const certificatePath = join(folder, 'certificates.pem');
  await writeFile(certificatePath, `${tls.cert}\n${issuer.certificate}`);

  const claimsFromToken = aTokenSelector({
    issuer: { name: 'staff', issuer: issuer.issuer, clientIds: ['user-client'], audience: [] },
    maxAgeSeconds: 3600,
  });
  const plain = answerOf(aBaseline());
  const agent = answerOf(aBaseline({ clientId: AGENT, claimsFromToken }));
  const server = createServer(tls, async (incoming, outgoing) => {
    const body = (await text(incoming)).includes(`CLIENT#${AGENT}#`) ? agent : plain;
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length };
    outgoing.writeHead(200, headers).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpointUrl: `https://127.0.0.1:${port}`,
    issuer,
    certificatePath,
    async close() {
      server.closeAllConnections();
      server.close();
      await issuer.close();
    },
  };
}

function answerOf(record: Parameters<typeof encodeRecord>[0]): string {
  return JSON.stringify({ Items: [encodeRecord(record)], Count: 1, ScannedCount: 1 });
}
