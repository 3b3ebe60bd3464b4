import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { type Claims, type Contract, formatFault } from '@cognito-m2m/claim-schema';
import { createOptionalReads, type OptionalReads } from '@cognito-m2m/doctor';
import { proxyOfSdk } from '@cognito-m2m/doctor/http-proxy';
import {
  EnvironmentError,
  type EnvironmentInput,
  validateEnvironment,
} from '@cognito-m2m/environment';
import {
  APPLICATION,
  COGNITO_ENDPOINT_VARIABLES,
  cognitoEndpoint,
} from '@cognito-m2m/environment/names';
import { createAwsClients } from '../deployment/aws-clients.ts';
import { probeDeployment, readEndpointUrl } from '../deployment/find-target.ts';
import type { BareContext, Command, Variables } from '../frame/command.ts';
import { CliError, EXIT_CODES } from '../frame/errors.ts';
import { readClaims } from '../frame/input.ts';
import type { Output, Style } from '../frame/terminal.ts';
import { withoutCredentials } from '../frame/text.ts';
import { type DeclaredEnvironment, declareEnvironment } from './declare-environment.ts';
import { describePool, readUserPool } from './describe-pool.ts';
import { findAdoption } from './find-adoption.ts';
import type { ImportNote, Place } from './import-note.ts';
import {
  describeTrigger,
  type EnvironmentDescription,
  type ImportClients,
  type PoolDescription,
} from './pool-description.ts';
import { type ImportJson, type ImportNoteJson, renderImport } from './render-import.ts';
import { writeEnvironment } from './write-source.ts';

/** Input of `m2m import`. */
interface ImportInput {
  /** Each `<user pool id>` or `<name>=<user pool id>`; at least one. */
  readonly pools: readonly string[];
  readonly environmentName: string | undefined;
  /** `-` to print it. @default `<name>.ts` among the environment files */
  readonly file: string | undefined;
  readonly isForced: boolean;
  /** True to declare the claims only, and leave the pools to their owners. */
  readonly isClaimsOnly: boolean;
  readonly tableName: string | undefined;
  readonly owner: string | undefined;
  /** Each `claim=value`. */
  readonly defaults: readonly string[];
}

/** `m2m import`: writes the environment file of a running pool, and says what it leaves out. */
export const importPools: Command<BareContext, ImportInput> = async (context, input) => {
  const { isClaimsOnly } = input;
  const defaultClaims = parseDefaults(input.defaults, context.contract);
  const pools = parsePoolArguments(input.pools);
  const region = regionOf(pools[0]?.userPoolId ?? '');
  const endpointUrl = readEndpointUrl(context.variables);
  context.output.note(`user pools of AWS ${region}${endpointUrl ? ` at ${endpointUrl}` : ''}`);
  await refuseLocal(context.variables);
  const reads = createOptionalReads();
  const query = { ...input, region, pools };
  const clients = createImportClients(region);
  const description = await gatherEnvironment(clients, query, context.output, reads);
  const declared = declareEnvironment(
    description,
    { owner: input.owner, defaultClaims, isClaimsOnly },
    context.contract,
  );
  const faults = check(context.contract, declared.value);
  const adoptions = isClaimsOnly ? [] : await findAdoption(declared, description);
  // What stays with its owner is nothing that the file lacks.
  const commented = isClaimsOnly ? { ...declared, notes: [] } : declared;
  const { environmentsDirectory } = context;
  const destination = { ...input, environmentsDirectory };
  const written = await writeEnvironment(destination, commented, adoptions ?? []);
  const json: ImportJson = {
    environment: description.name,
    region,
    file: written.file,
    source: written.source,
    pools: describePools(description, declared),
    assumed: declared.assumed.map(toJson),
    undeclared: isClaimsOnly ? [] : declared.notes.map(toJson),
    staysWithOwner: isClaimsOnly ? declared.notes.map(toJson) : [],
    notRead: reads.notRead,
    faults,
    adoption: written.adoption,
    isAdoptionKnown: adoptions !== undefined,
  };
  const isComplete = [json.undeclared, json.notRead, json.faults].every(
    ({ length }) => length === 0,
  );
  // With the file on stdout, the report has to go elsewhere.
  const report = (style: Style) => renderImport(json, adoptions ?? [], style);
  if (json.source !== undefined) context.output.note(report(context.output.style));
  return {
    json,
    text: (style) => json.source?.trimEnd() ?? report(style),
    exitCode: isComplete ? EXIT_CODES.ok : EXIT_CODES.findings,
  };
};

function parseDefaults(texts: readonly string[], contract: Contract): Claims {
  const { claims, faults } = readClaims(texts, contract);
  if (faults.length === 0) return claims;
  const lines = faults.map((fault) => `  - ${formatFault(fault)}`);
  throw new CliError('ERR_ARGUMENT_INVALID', ['--default is refused:', ...lines].join('\n'));
}

/** Asks the loader's own rules what is still missing; AWS does not know what the contract requires. */
function check(contract: Contract, input: EnvironmentInput): string[] {
  try {
    validateEnvironment(contract, input);
    return [];
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return error.faults.map(formatFault);
  }
}

function describePools(
  { pools }: EnvironmentDescription,
  { value }: DeclaredEnvironment,
): ImportJson['pools'] {
  return pools.map(({ name, userPoolId, isDeployed }) => ({
    pool: name,
    userPoolId,
    isDeployed,
    isExisting: value.pools[name]?.existing !== undefined,
    clients: Object.keys(value.pools[name]?.clients ?? {}),
  }));
}

function toJson({ place, ...note }: ImportNote): ImportNoteJson {
  return { subject: placeText(place), ...note };
}

/**
 * Refuses to import from a local Cognito: it was started from the very file that an import would write.
 *
 * @throws {CliError} `ERR_IMPORT_LOCAL`.
 */
async function refuseLocal(variables: Variables): Promise<void> {
  const url = cognitoEndpoint(variables);
  const deployment = url && URL.canParse(url) ? await probeDeployment(url) : undefined;
  if (deployment === undefined) return;
  const { environment } = deployment;
  const message = `A local Cognito answers there; its pools come from the file of environment "${environment}", so there is nothing to import.`;
  throw new CliError('ERR_IMPORT_LOCAL', message, {
    next: `m2m plan --env ${environment} --local-url ${withoutCredentials(url ?? '')}; to import from AWS, unset ${COGNITO_ENDPOINT_VARIABLES.join(' and ')}`,
  });
}

/** How people read a place: `pool payments`, `client payments/web-app`. */
function placeText({ pool, client }: Place): string {
  if (pool === undefined) return 'environment';
  return client === undefined ? `pool ${pool}` : `client ${pool}/${client}`;
}

/** What is to be read. */
interface ImportQuery {
  readonly region: string;
  readonly pools: readonly PoolArgument[];
  /** @default what the deploy's tags say */
  readonly environmentName: string | undefined;
  /** @default what the deploy's parameters say */
  readonly tableName: string | undefined;
  /** True to leave the pools to their owners. */
  readonly isClaimsOnly: boolean;
}

/**
 * Reads everything that an import looks at.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN`, `ERR_ENVIRONMENT_REQUIRED`, `ERR_ARGUMENT_INVALID`.
 */
async function gatherEnvironment(
  clients: ImportClients,
  query: ImportQuery,
  output: Output,
  reads: OptionalReads,
): Promise<EnvironmentDescription> {
  const found: { readonly pool: UserPoolType; readonly name: string }[] = [];
  for (const argument of query.pools) {
    const pool = await readUserPool(clients, argument.userPoolId, query.region);
    found.push({ pool, name: argument.name ?? findPoolName(pool) });
  }
  checkNames(found.map(({ name }) => name));
  const name = findEnvironmentName(
    query.environmentName,
    found.map(({ pool }) => pool),
  );
  const pools: PoolDescription[] = [];
  for (const { pool, name: poolName } of found) {
    const place = { environmentName: name, poolName, userPoolId: pool.Id ?? '' };
    pools.push(await describePool(clients, { pool, place, query, output, reads }));
  }
  const isDeployed = pools.some((pool) => pool.isDeployed);
  const trigger = isDeployed ? await describeTrigger(clients, name, reads) : undefined;
  return {
    name,
    region: query.region,
    pools: pools.sort((first, second) => (first.name < second.name ? -1 : 1)),
    trigger,
  };
}

/** One user pool that is to be imported. */
interface PoolArgument {
  readonly userPoolId: string;
  /** Its name in the file. @default from the pool's tags, or its own name */
  readonly name: string | undefined;
}

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html */
const USER_POOL_ID = /^([a-z]{2}(?:-[a-z]+)+-\d)_[0-9A-Za-z]+$/;

/**
 * Reads arguments of the form `<user pool id>` or `<name>=<user pool id>`.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` with every fault.
 */
export function parsePoolArguments(texts: readonly string[]): PoolArgument[] {
  const pools = texts.map((text): PoolArgument => {
    const [userPoolId = '', name] = text.split('=').reverse();
    return { userPoolId, name };
  });
  const ids = pools.map(({ userPoolId }) => userPoolId);
  const malformed = ids.filter((id) => !USER_POOL_ID.test(id));
  const doubles = ids.filter((id, index) => ids.indexOf(id) < index);
  const regions = new Set(ids.map(regionOf));
  const faults = [
    ...malformed.map((id) => `"${id}" is not a user pool ID, such as eu-central-1_AbC123`),
    ...doubles.map((id) => `${id} is named twice`),
    ...(malformed.length === 0 && regions.size > 1
      ? [`an environment is in one Region; got ${[...regions].join(', ')}`]
      : []),
  ];
  if (faults.length === 0) return pools;
  const next = 'aws cognito-idp list-user-pools --max-results 60';
  throw new CliError('ERR_ARGUMENT_INVALID', `${faults.join('; ')}.`, { next });
}

/** The Region that a user pool's id begins with. */
function regionOf(userPoolId: string): string {
  return userPoolId.slice(0, userPoolId.indexOf('_'));
}

/** What our own deploy tags everything with. */
const MAX_NAME_LENGTH = 40;

/** The name of a pool in the file: what its deploy tagged it with, or its own name as far as a file takes it. */
export function findPoolName(pool: UserPoolType): string {
  const tagged = ownTags(pool)?.['pool'];
  if (tagged !== undefined) return tagged;
  const plain = (pool.Name ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_NAME_LENGTH)
    .replace(/-+$/, '');
  return plain === '' ? 'pool' : plain;
}

/**
 * The name of the environment: as given, or what all pools are tagged with.
 *
 * @throws {CliError} `ERR_ENVIRONMENT_REQUIRED` if neither says.
 */
export function findEnvironmentName(
  given: string | undefined,
  pools: readonly UserPoolType[],
): string {
  if (given !== undefined) return given;
  const [tagged, ...others] = new Set(pools.map((pool) => ownTags(pool)?.['environment']));
  if (tagged !== undefined && others.length === 0) return tagged;
  const problem =
    pools.length === 1 ? 'its tags do not say' : 'the tags of the pools do not say one name';
  throw new CliError('ERR_ENVIRONMENT_REQUIRED', `--env is required: ${problem}.`, {
    next: 'the same command with --env <name>',
  });
}

function ownTags({ UserPoolTags }: UserPoolType): Record<string, string> | undefined {
  return UserPoolTags?.['application'] === APPLICATION ? UserPoolTags : undefined;
}

/**
 * Checks that every pool of a file has a name of its own.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID`.
 */
function checkNames(names: readonly string[]): void {
  const doubles = names.filter((name, index) => names.indexOf(name) < index);
  if (doubles.length === 0) return;
  const message = `Two pools would have the name "${doubles[0]}".`;
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with <name>=<user pool id> for each pool',
  });
}

/** Creates the clients of one Region. */
function createImportClients(region: string): ImportClients {
  const config = { region, ...proxyOfSdk(process.env) };
  return {
    ...createAwsClients(region),
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    firewall: new WAFV2Client(config),
  };
}
