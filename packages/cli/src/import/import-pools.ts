import { type Claims, type Contract, formatFault } from '@cognito-m2m/claim-schema';
import { createOptionalReads } from '@cognito-m2m/doctor';
import {
  EnvironmentError,
  type EnvironmentInput,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { probeDeployment, readEndpointUrl } from '../deployment/find-target.ts';
import type { BareContext, Command, Variables } from '../frame/command.ts';
import { CliError, EXIT_CODES } from '../frame/errors.ts';
import { readClaims } from '../frame/input/claims.ts';
import type { Style } from '../frame/output/style.ts';
import { plainText, withoutCredentials } from '../frame/output/text.ts';
import { type DeclaredEnvironment, declareEnvironment } from './declare-environment.ts';
import { type Adoption, type FoundAdoption, findAdoption } from './find-adoption.ts';
import { gatherEnvironment, parsePoolArguments, regionOf } from './gather-environment.ts';
import { createImportClients } from './import-clients.ts';
import type { ImportNote, Place } from './import-note.ts';
import type { EnvironmentDescription } from './pool-description.ts';
import { type ImportJson, type ImportNoteJson, renderImport } from './render-import.ts';
import {
  type Destination,
  findFile,
  findImportsFile,
  formatSource,
  writeImports,
  writeSource,
} from './write-source.ts';

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

/** What `--out` takes for stdout. */
const STDOUT = '-';

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
  const written = await write(context, input, commented, adoptions ?? []);
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

/** Writes the environment file, and next to it what the first deploy imports; nothing if one of them exists. */
async function write(
  { environmentsDirectory }: BareContext,
  { file: asked, isForced }: ImportInput,
  { value, notes }: DeclaredEnvironment,
  adoptions: readonly FoundAdoption[],
): Promise<Pick<ImportJson, 'file' | 'source' | 'adoption'>> {
  const source = await formatSource(renderSource(value, notes));
  if (asked === STDOUT) return { file: null, source, adoption: adoptions.map(toAdoption(null)) };
  const destination: Destination = { file: asked, environmentsDirectory, isForced };
  const file = await findFile(value.name, destination);
  const files = await Promise.all(
    adoptions.map(({ stack }) => findImportsFile(stack, destination)),
  );
  await writeSource(file, source, destination);
  const adoption: Adoption[] = [];
  for (const [index, found] of adoptions.entries()) {
    const importsFile = files[index] ?? '';
    await writeImports(importsFile, found.blocks, destination);
    adoption.push(toAdoption(importsFile)(found));
  }
  return { file, adoption };
}

function toAdoption(file: string | null): (found: FoundAdoption) => Adoption {
  return ({ stack, imports }) => ({ stack, file, imports });
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

/** Where the SDK looks for Amazon Cognito; the first that is set counts. */
const ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', 'AWS_ENDPOINT_URL'];

/**
 * Refuses to import from a local Cognito: it was started from the very file that an import would write.
 *
 * @throws {CliError} `ERR_IMPORT_LOCAL`.
 */
async function refuseLocal(variables: Variables): Promise<void> {
  const url = ENDPOINT_VARIABLES.map((name) => variables[name]).find(Boolean);
  const deployment = url && URL.canParse(url) ? await probeDeployment(url) : undefined;
  if (deployment === undefined) return;
  const { environment } = deployment;
  const message = `A local Cognito answers there; its pools come from the file of environment "${environment}", so there is nothing to import.`;
  throw new CliError('ERR_IMPORT_LOCAL', message, {
    next: `m2m plan --env ${environment} --local-url ${withoutCredentials(url ?? '')}; to import from AWS, unset ${ENDPOINT_VARIABLES.join(' and ')}`,
  });
}

/** Objects that get a line for each member, as people write them; the formatter breaks others where they do not fit. */
const EXPANDED: readonly (readonly string[])[] = [
  [],
  ['pools'],
  ['pools', '*'],
  ['pools', '*', 'resourceServers'],
  ['pools', '*', 'clients'],
  ['pools', '*', 'clients', '*'],
];

/**
 * Writes an environment as a TypeScript file, before the formatter has been over it.
 *
 * @param notes - What the file leaves out; each becomes a comment at the nearest thing that is declared.
 */
export function renderSource(input: EnvironmentInput, notes: readonly ImportNote[]): string {
  const comments = new Map<string, string[]>();
  for (const { place, what } of notes) {
    const key = commentKey(input, place);
    const subject = isDeclared(input, place) ? '' : `${place.client}: `;
    comments.set(key, [...(comments.get(key) ?? []), `Not declared: ${subject}${what}`]);
  }
  return [
    "import { defineEnvironment } from '@cognito-m2m/contract';",
    '',
    `export default defineEnvironment(${renderValue(input, [], comments)});`,
    '',
  ].join('\n');
}

/** A comment stands before the client it is about, before the pool, or before the pools. */
function commentKey(input: EnvironmentInput, place: Place): string {
  const { pool, client } = place;
  if (pool === undefined) return keyOf(['pools']);
  if (client === undefined || !isDeclared(input, place)) return keyOf(['pools', pool]);
  return keyOf(['pools', pool, 'clients', client]);
}

function isDeclared({ pools }: EnvironmentInput, { pool, client }: Place): boolean {
  if (client === undefined) return true;
  return Object.hasOwn(pools[pool ?? '']?.clients ?? {}, client);
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

function renderValue(
  value: unknown,
  path: readonly string[],
  comments: ReadonlyMap<string, readonly string[]>,
): string {
  if (Array.isArray(value)) {
    return `[${value.map((member) => renderValue(member, [...path, '*'], comments)).join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null) return renderScalar(value);
  const isExpanded = EXPANDED.some((pattern) => matches(path, pattern));
  const members = Object.entries(value).map(([name, member]) => {
    const memberPath = [...path, name];
    const lines = (comments.get(keyOf(memberPath)) ?? []).map((line) => `// ${plainText(line)}\n`);
    return `${lines.join('')}${JSON.stringify(name)}: ${renderValue(member, memberPath, comments)}`;
  });
  return isExpanded && members.length > 0
    ? `{\n${members.join(',\n')}\n}`
    : `{ ${members.join(', ')} }`;
}

/** As JSON, which TypeScript reads; what would break a line or reorder it is escaped. */
function renderScalar(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function matches(path: readonly string[], pattern: readonly string[]): boolean {
  return (
    path.length === pattern.length &&
    pattern.every((part, index) => part === '*' || part === path[index])
  );
}

/** How people read a place: `pool payments`, `client payments/web-app`. */
function placeText({ pool, client }: Place): string {
  if (pool === undefined) return 'environment';
  return client === undefined ? `pool ${pool}` : `client ${pool}/${client}`;
}
