import { ListSecretVersionIdsCommand } from '@aws-sdk/client-secrets-manager';
import { ifFound } from '@cognito-m2m/doctor';
import { type Client, isTheirs, type Pool } from '@cognito-m2m/environment';
import {
  clientParameterName,
  keyAliasName,
  poolParameterNames,
  serviceAddress,
} from '@cognito-m2m/environment/names';
import {
  type FoundClient,
  type NamedClient,
  nameClient,
  placeText,
  requireClient,
} from '../deployment/find-pools.ts';
import { readOwnersSettings } from '../deployment/owners-clients.ts';
import { secretNotFound } from '../deployment/stored-secret.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { plainText } from '../frame/text.ts';

/** Input of `m2m handover`. */
interface HandoverInput {
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
  const { description, owner, readers } = client;
  const { scopes, accessTokenMinutes } = await settingsOf(context, found, client);
  const names = poolParameterNames(environment.name, deployed.name);
  const { secretId: name, clientId: ofOwner } = context.target.secretEntryOf(
    deployed.name,
    client.name,
  );
  return {
    environment: environment.name,
    region: environment.region,
    target: context.target.label,
    ...nameClient(found),
    description,
    owner,
    parameters: {
      [names.userPoolId]: deployed.userPoolId,
      [names.issuer]: deployed.issuer,
      [names.tokenEndpoint]: deployed.tokenEndpoint ?? '(the pool has no domain)',
      [clientParameterName(environment.name, deployed.name, client.name)]: clientId,
    },
    secret: {
      name,
      arn: await readSecretArn(context, name),
      keyAlias: ofOwner === undefined ? keyAliasName(environment.name) : null,
      readers,
    },
    scopes,
    accessTokenMinutes,
    claims: listClaims(declared, client),
    metadata: listMetadata(client),
  };
}

/** Of a client of another owner, only the API knows what it may ask for. */
async function settingsOf(
  { target }: CommandContext,
  { deployed, clientId }: FoundClient,
  client: Client,
): Promise<Pick<Client, 'scopes' | 'accessTokenMinutes'>> {
  if (!isTheirs(client)) return client;
  const { cognito } = await target.openSecretClients();
  return (await readOwnersSettings(cognito, deployed.userPoolId, clientId)) ?? client;
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

/** The owner's page, as Markdown. */
function renderHandover(json: HandoverJson): string {
  const { environment, description, owner, accessTokenMinutes } = json;
  return [
    `# ${placeText(json)} in ${environment}`,
    `${plainText(description)}. Owner: ${plainText(owner)}.`,
    '## Addresses',
    table(['SSM parameter', 'value'], Object.entries(json.parameters)),
    '## Secret',
    `${secretText(json)} It is rotated while services run: read it again when Amazon Cognito answers \`invalid_client\`.`,
    readersText(json),
    '## Tokens',
    `Scopes: ${json.scopes.map((scope) => `\`${scope}\``).join(', ')}. A token lives for ${accessTokenMinutes} minutes: keep it for about 75 % of that.`,
    table(['claim', 'comes from'], Object.entries(json.claims)),
    metadataText(json),
    ...renderSnippets(json),
  ].join('\n\n');
}

function secretText({ secret }: HandoverJson): string {
  const place = `\`${secret.arn}\` in AWS Secrets Manager`;
  if (secret.keyAlias !== null)
    return `${place}: JSON with \`client_id\` and \`client_secret\`, encrypted with the key \`${secret.keyAlias}\`.`;
  return `${place}, where the owner of the app client keeps it. The code below expects JSON with \`client_id\` and \`client_secret\`: ask the owner whether the entry has these members, and which key encrypts it.`;
}

function readersText({ secret, client }: HandoverJson): string {
  if (secret.keyAlias === null) {
    return 'The owner of the app client decides which roles may read it. A role needs a policy of its own, as below, and `kms:Decrypt` on the key if it is a customer managed key.';
  }
  if (secret.readers.length > 0) {
    const roles = secret.readers.map((role) => `- \`${role}\``).join('\n');
    return `These roles may read it. Roles of other accounts also need a policy of their own, as below.\n\n${roles}`;
  }
  return `Roles of the same account may read it with a policy of their own, as below. For a role of another account, add it to \`readers\` of ${client} in the environment file.`;
}

function metadataText({ metadata }: HandoverJson): string {
  if (metadata.length === 0) return 'Metadata (`aws_client_metadata`): none.';
  const rows = metadata.map(({ key, isRequired, allowed }) => [
    key,
    isRequired ? 'yes' : 'no',
    allowed === undefined ? "a user's token" : allowed.map(plainText).join(', '),
  ]);
  return table(['metadata (`aws_client_metadata`)', 'required', 'value'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => plainText(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Ready code and settings for one client, each with its heading. */
function renderSnippets(json: HandoverJson): string[] {
  return [
    '## Permissions of the reading role',
    block('json', JSON.stringify(readingPolicy(json), null, 2)),
    '## Token client: Node.js, AWS Lambda',
    'Created outside of a Lambda handler, it keeps its tokens between calls.',
    block('ts', tokenClient(json)),
    '## Amazon ECS: task definition',
    'Read once, when the task starts: after a rotation, start new tasks within the grace period.',
    block('json', JSON.stringify(containerSecrets(json), null, 2)),
    '## Amazon EKS: External Secrets',
    'Mount it as files: they change with the secret.',
    block('yaml', externalSecret(json)),
  ];
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html */
function readingPolicy({ secret, region }: HandoverJson) {
  const [, partition = 'aws', , , account = ''] = secret.arn.split(':');
  const read = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret.arn };
  const decrypt = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: `arn:${partition}:kms:${region}:${account}:key/*`,
    Condition: {
      StringEquals: { 'kms:ViaService': serviceAddress('secretsmanager', region) },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': secret.keyAlias },
    },
  };
  const Statement = secret.keyAlias === null ? [read] : [read, decrypt];
  return { Version: '2012-10-17', Statement };
}

function tokenClient({ region, parameters, secret, scopes, metadata }: HandoverJson): string {
  const path = Object.keys(parameters)[0]?.replace(/\/[^/]+$/, '');
  const required = metadata.filter(({ isRequired }) => isRequired);
  const sent = required.map(({ key, allowed }) => {
    return `${JSON.stringify(key)}: ${JSON.stringify(allowed?.[0] ?? '<user token>')}`;
  });
  const request = [
    `scopes: ${JSON.stringify(scopes)}`,
    ...(sent.length === 0 ? [] : [`metadata: { ${sent.join(', ')} }`]),
  ];
  return [
    "import { SecretsManager } from '@aws-sdk/client-secrets-manager';",
    "import { SSM } from '@aws-sdk/client-ssm';",
    "import { createTokenClient, secretsManagerCredentials } from '@cognito-m2m/token-client';",
    '',
    `const region = '${region}';`,
    'const tokens = createTokenClient({',
    `  endpoint: { parameters: '${path}', client: new SSM({ region }) },`,
    '  credentials: secretsManagerCredentials({',
    '    client: new SecretsManager({ region }),',
    `    secretId: '${secret.arn}',`,
    '  }),',
    '});',
    '',
    `const { accessToken } = await tokens.get({ ${request.join(', ')} });`,
  ].join('\n');
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
function containerSecrets({ secret }: HandoverJson) {
  return {
    secrets: [
      { name: 'M2M_CLIENT_ID', valueFrom: `${secret.arn}:client_id::` },
      { name: 'M2M_CLIENT_SECRET', valueFrom: `${secret.arn}:client_secret::` },
    ],
  };
}

/** @see https://external-secrets.io/latest/provider/aws-secrets-manager/ */
function externalSecret({ client, secret }: HandoverJson): string {
  const name = client.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-');
  return [
    'apiVersion: external-secrets.io/v1',
    'kind: ExternalSecret',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  refreshInterval: 15m',
    '  secretStoreRef: { kind: ClusterSecretStore, name: aws-secrets-manager }',
    `  target: { name: ${name} }`,
    '  dataFrom:',
    `    - extract: { key: '${secret.arn}' }`,
  ].join('\n');
}

/** The answer of `m2m handover --json`. */
export interface HandoverJson extends NamedClient {
  readonly environment: string;
  readonly region: string;
  readonly target: string;
  readonly description: string;
  readonly owner: string;
  /** SSM parameters and their values. */
  readonly parameters: { readonly [name: string]: string };
  readonly secret: {
    readonly name: string;
    readonly arn: string;
    /** The alias of the key that encrypts it; `null` where the owner of the app client has chosen the key. */
    readonly keyAlias: string | null;
    /** Roles that may read it without a policy of their own account. */
    readonly readers: readonly string[];
  };
  readonly scopes: readonly string[];
  readonly accessTokenMinutes: number;
  /** Where each claim comes from, by name. */
  readonly claims: { readonly [name: string]: string };
  readonly metadata: readonly {
    readonly key: string;
    readonly isRequired: boolean;
    /** The values to choose from; absent where the value is a user's token. */
    readonly allowed?: readonly string[] | undefined;
  }[];
}
