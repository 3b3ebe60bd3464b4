import { type Claims, type Contract, formatFault } from '@cognito-m2m/claim-schema';
import { createOptionalReads } from '@cognito-m2m/doctor';
import {
  EnvironmentError,
  type EnvironmentInput,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { COGNITO_ENDPOINT_VARIABLES, cognitoEndpoint } from '@cognito-m2m/environment/names';
import { probeDeployment, readEndpointUrl } from '../deployment/find-target.ts';
import type { BareContext, Command, Variables } from '../frame/command.ts';
import { CliError, EXIT_CODES } from '../frame/errors.ts';
import { readClaims } from '../frame/input/claims.ts';
import type { Style } from '../frame/output/style.ts';
import { withoutCredentials } from '../frame/output/text.ts';
import { type DeclaredEnvironment, declareEnvironment } from './declare-environment.ts';
import { findAdoption } from './find-adoption.ts';
import { gatherEnvironment, parsePoolArguments, regionOf } from './gather-environment.ts';
import { createImportClients } from './import-clients.ts';
import type { ImportNote, Place } from './import-note.ts';
import type { EnvironmentDescription } from './pool-description.ts';
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
