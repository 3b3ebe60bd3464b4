import { type Claims, type Contract, formatFault } from '@cognito-m2m/claim-schema';
import { createOptionalReads } from '@cognito-m2m/doctor';
import {
  type Environment,
  EnvironmentError,
  type EnvironmentInput,
  validateEnvironment,
} from '@cognito-m2m/environment';
import type { BareContext, Command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import {
  type DeclaredEnvironment,
  declareEnvironment,
} from '../../import/declare/declare-environment.ts';
import { findAdoption } from '../../import/find-adoption.ts';
import { gatherEnvironment } from '../../import/gather/gather-environment.ts';
import { createImportClients } from '../../import/gather/import-clients.ts';
import { type ImportNote, placeText } from '../../import/import-note.ts';
import { parsePoolArguments, regionOf } from '../../import/pool-argument.ts';
import type { EnvironmentDescription } from '../../import/pool-description.ts';
import { refuseLocal } from '../../import/refuse-local.ts';
import { formatSource } from '../../import/source/format-source.ts';
import { renderSource } from '../../import/source/render-source.ts';
import { findFile, writeSource } from '../../import/source/write-source.ts';
import { readClaims } from '../../input/claim-input.ts';
import { readEndpointUrl } from '../../target/endpoint-url.ts';
import type { ImportJson, ImportNoteJson } from './import-json.ts';
import { renderImport } from './render-import.ts';

/** Input of `m2m import`. */
export interface ImportInput {
  /** Each `<user pool id>` or `<name>=<user pool id>`; at least one. */
  readonly pools: readonly string[];
  readonly environmentName: string | undefined;
  /** `-` to print it. @default `<name>.ts` among the environment files */
  readonly file: string | undefined;
  readonly isForced: boolean;
  readonly tableName: string | undefined;
  readonly owner: string | undefined;
  /** Each `claim=value`. */
  readonly defaults: readonly string[];
}

/** What `--out` takes for stdout. */
const STDOUT = '-';

/** `m2m import`: writes the environment file of a running pool, and says what it leaves out. */
export const importPools: Command<BareContext, ImportInput> = async (context, input) => {
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
    { owner: input.owner, defaultClaims },
    context.contract,
  );
  const { environment, faults } = check(context.contract, declared.value);
  const file = await write(context, input, declared);
  const adoption =
    environment && (await findAdoption(environment, description, declared.clientIds));
  const json: ImportJson = {
    environment: description.name,
    region,
    ...file,
    pools: describePools(description, declared),
    assumed: declared.assumed.map(toJson),
    undeclared: declared.notes.map(toJson),
    notRead: reads.notRead,
    faults,
    adoption: adoption ?? [],
  };
  const isComplete = [json.undeclared, json.notRead, json.faults].every(
    ({ length }) => length === 0,
  );
  // With the file on stdout, the report has to go elsewhere.
  if (json.source !== undefined) context.output.note(renderImport(json, context.output.style));
  return {
    json,
    text: (style) => json.source?.trimEnd() ?? renderImport(json, style),
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
function check(
  contract: Contract,
  input: EnvironmentInput,
): { environment?: Environment; faults: string[] } {
  try {
    return { environment: validateEnvironment(contract, input), faults: [] };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { faults: error.faults.map(formatFault) };
  }
}

async function write(
  { environmentsDirectory }: BareContext,
  { file: asked, isForced }: ImportInput,
  { value, notes }: DeclaredEnvironment,
): Promise<Pick<ImportJson, 'file' | 'source'>> {
  const source = await formatSource(renderSource(value, notes));
  if (asked === STDOUT) return { file: null, source };
  const destination = { file: asked, environmentsDirectory, isForced };
  const file = await findFile(value.name, destination);
  await writeSource(file, source, destination);
  return { file };
}

function describePools(
  { pools }: EnvironmentDescription,
  { value }: DeclaredEnvironment,
): ImportJson['pools'] {
  return pools.map(({ name, userPoolId, isDeployed }) => ({
    pool: name,
    userPoolId,
    isDeployed,
    clients: Object.keys(value.pools[name]?.clients ?? {}),
  }));
}

function toJson({ place, ...note }: ImportNote): ImportNoteJson {
  return { subject: placeText(place), ...note };
}
