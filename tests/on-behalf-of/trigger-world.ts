import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  aBaseline,
  aClientCredentialsEvent,
  aTokenSelector,
} from '@cognito-m2m/claim-schema/testing';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { startUserIssuer, type UserIssuer } from '@cognito-m2m/pre-token-generation/testing';
import type { RuntimeClient } from '../lambda-runtime/runtime-clients.ts';
import {
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import type { AttackedWorld } from './token-attacks.ts';

/** The claims table, two issuers of users' tokens, and clients that take the subject of the first one's tokens. */
export interface TriggerWorld extends AttackedWorld {
  readonly table: ClaimsTable;
  /** The environment variables of a trigger that trusts the certificates of both issuers. */
  readonly variables: { readonly [name: string]: string };
  /** Makes triggers that start from now on trust the certificate of another issuer too. */
  trust(certificate: string): Promise<void>;
  /** Starts the built bundle. */
  startTrigger(client?: RuntimeClient): Promise<TriggerProcess>;
  close(): Promise<void>;
}

/** A client that requires a user's token, one that does not, and one that takes nothing from it. */
export const CLIENTS = { required: 'agent', optional: 'assistant', plain: 'worker' } as const;

/** Starts the world. */
export async function startTriggerWorld(): Promise<TriggerWorld> {
  const [table, staff, stranger, folder] = await Promise.all([
    startClaimsTable(),
    startUserIssuer(),
    startUserIssuer(),
    mkdtemp(join(tmpdir(), 'on-behalf-of-')),
  ]);
  const certificates = join(folder, 'certificates.pem');
  await writeFile(certificates, [staff.certificate, stranger.certificate].join('\n'));
  await table.put(...baselinesOf(staff));
  const variables = {
    CLAIMS_TABLE_NAME: table.tableName,
    CLAIMS_TOKEN_ISSUERS: JSON.stringify([{ issuer: staff.issuer }]),
    AWS_ENDPOINT_URL_DYNAMODB: table.endpointUrl,
    NODE_EXTRA_CA_CERTS: certificates,
  };
  return {
    table,
    variables,
    staff,
    stranger,
    trust: (certificate) => appendFile(certificates, `\n${certificate}`),
    startTrigger: (client) => startTriggerProcess(variables, client),
    async close() {
      await Promise.all([table.close(), staff.close(), stranger.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

function baselinesOf({ issuer }: UserIssuer) {
  const claimsFromToken = aTokenSelector({
    issuer: { name: 'staff', issuer, clientIds: ['user-client'], audience: [], tokenUse: 'access' },
  });
  return [
    aBaseline({ clientId: CLIENTS.required, claimsFromToken }),
    aBaseline({
      clientId: CLIENTS.optional,
      claimsFromToken: { ...claimsFromToken, required: false },
    }),
    aBaseline({ clientId: CLIENTS.plain }),
  ];
}

/** The event of a request with metadata. */
export function eventWith(
  clientId: string,
  clientMetadata: { readonly [key: string]: string },
): object {
  return aClientCredentialsEvent({ clientId, clientMetadata });
}
