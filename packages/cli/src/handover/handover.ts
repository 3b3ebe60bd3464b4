import { ListSecretVersionIdsCommand } from '@aws-sdk/client-secrets-manager';
import { ifFound } from '@cognito-m2m/doctor';
import type { Client, Pool } from '@cognito-m2m/environment';
import {
  clientParameterName,
  keyAliasName,
  poolParameterNames,
  secretName,
} from '@cognito-m2m/environment/names';
import { type FoundClient, requireClient } from '../deployment/find-pools.ts';
import { secretNotFound } from '../deployment/stored-secret.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import type { HandoverJson } from './handover-json.ts';
import { renderHandover } from './render-handover.ts';

/** Input of `m2m handover`. */
export interface HandoverInput {
  readonly poolName: string;
  readonly clientName: string;
}

/** `m2m handover`: what the owner of a client needs to use it. */
export const handover: Command<CommandContext, HandoverInput> = async (context, input) => {
  const found = await requireClient(context, input.poolName, input.clientName);
  const { client } = found;
  if (client === undefined) {
    const message = `Client "${input.clientName}" is deployed, but the environment file does not declare it.`;
    throw new CliError('ERR_CLIENT_NOT_FOUND', message, { next: { m2m: 'plan' } });
  }
  const json = await describeClient(context, found, client);
  return { json, text: () => renderHandover(json) };
};

async function describeClient(
  context: CommandContext,
  found: FoundClient,
  client: Client,
): Promise<HandoverJson> {
  const { environment } = context;
  const { declared, deployed, clientId } = found;
  const { description, owner, scopes, accessTokenMinutes, readers } = client;
  const names = poolParameterNames(environment.name, deployed.name);
  const name = secretName(environment.name, deployed.name, client.name);
  return {
    environment: environment.name,
    region: environment.region,
    target: context.target.label,
    pool: deployed.name,
    client: client.name,
    description,
    owner,
    clientId,
    parameters: {
      [names.userPoolId]: deployed.userPoolId,
      [names.issuer]: deployed.issuer,
      [names.tokenEndpoint]: deployed.tokenEndpoint,
      [clientParameterName(environment.name, deployed.name, client.name)]: clientId,
    },
    secret: {
      name,
      arn: await readSecretArn(context, name),
      keyAlias: keyAliasName(environment.name),
      readers,
    },
    scopes,
    accessTokenMinutes,
    claims: listClaims(declared, client),
    metadata: listMetadata(client),
  };
}

/** Reads the ARN without reading the secret. */
async function readSecretArn({ target }: CommandContext, name: string): Promise<string> {
  const { secretsManager } = await target.openSecretClients();
  const list = new ListSecretVersionIdsCommand({ SecretId: name, MaxResults: 1 });
  const found = await ifFound(secretsManager.send(list));
  if (found?.ARN !== undefined) return found.ARN;
  throw secretNotFound(`Secrets Manager has no secret "${name}".`);
}

/** Names and where each comes from, and no values: an override may change those at any time. */
function listClaims(
  { defaultClaims }: Pool,
  { claims, claimsByScope, claimsFromMetadata, claimsFromToken, suppressClaims }: Client,
): HandoverJson['claims'] {
  const listed = [
    ...Object.keys(defaultClaims).map((name) => [name, 'every token of the pool']),
    ...Object.keys(claims).map((name) => [name, 'every token of the client']),
    ...Object.entries(claimsByScope).flatMap(([scope, named]) =>
      Object.keys(named).map((name) => [name, `tokens with the scope ${scope}`]),
    ),
    ...Object.entries(claimsFromMetadata).map(([name, { key }]) => [name, `the metadata ${key}`]),
    ...Object.keys(claimsFromToken?.claims ?? {}).map((name) => [
      name,
      `the user's token in the metadata ${claimsFromToken?.key}`,
    ]),
  ];
  return Object.fromEntries(listed.filter(([name = '']) => !suppressClaims.includes(name)));
}

function listMetadata({ claimsFromMetadata, claimsFromToken }: Client): HandoverJson['metadata'] {
  const picked = Object.values(claimsFromMetadata).map(({ key, allow, required = false }) => ({
    key,
    isRequired: required,
    allowed: allow,
  }));
  if (claimsFromToken === undefined) return picked;
  const { key, required } = claimsFromToken;
  return [...picked, { key, isRequired: required, allowed: undefined }];
}
