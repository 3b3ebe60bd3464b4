import {
  type ClaimRules,
  type Contract,
  DEFAULT_SIZE_BUDGET_BYTES,
  type Fault,
  findChangingText,
  formatFault,
  joinPath,
} from '@cognito-m2m/claim-schema';
import { OWN_TAG_KEYS } from './deployed/names.ts';
import type { EnvironmentInput, PoolInput } from './environment.ts';
import { type PartialEnvironment, readShape } from './environment-schema.ts';
import { invalidEnvironment } from './errors.ts';
import { DEFAULT_TRIGGER, normaliseEnvironment, normalisePool } from './normalise-environment.ts';
import type { Environment, Pool } from './normalised-environment.ts';
import { checkClientClaims, checkPoolClaims } from './rules/claim-values.ts';
import { checkClientScopes } from './rules/client-scopes.ts';
import { checkBaselineSize, checkSettingsSize } from './rules/item-size.ts';
import { checkNames } from './rules/names.ts';
import { checkOwnership } from './rules/ownership.ts';
import { checkPool, checkPools } from './rules/pools.ts';
import { checkReaders } from './rules/readers.ts';
import { type PartialClient, type PartialPool, presentEntries } from './rules/rule.ts';
import { checkClientTokens } from './rules/token-claims.ts';
import { checkIssuersSize, checkTokenIssuers, checkTokenSelector } from './rules/user-tokens.ts';
import { checkWatch } from './rules/watch.ts';

/**
 * Checks an environment and fills in its defaults.
 *
 * @param contract - The claim contract.
 * @param input - What an environment file exports.
 * @param options.name - The name that it must have. @default any
 * @param options.source - What to call the input in the error. @default its name
 * @throws {EnvironmentError} `ERR_ENVIRONMENT_INVALID` with every fault at once.
 */
export function validateEnvironment(
  contract: Contract,
  input: unknown,
  options: { name?: string; source?: string } = {},
): Environment {
  const { faults: shapeFaults, readable } = readShape(input);
  const rules = {
    contract,
    sizeBudgetBytes: readable.trigger?.sizeBudgetBytes ?? DEFAULT_SIZE_BUDGET_BYTES,
  };
  const faults = [
    ...shapeFaults,
    ...checkName(readable.name, options.name),
    ...checkNames(readable),
    ...checkTags(readable),
    ...checkTrigger(readable),
    ...checkProbe(readable),
    ...checkText(readable),
    ...checkRegions(readable),
    ...checkReaders(readable),
    ...checkPools(readable),
    ...checkIssuersSize(readable),
    ...checkOwnership(readable),
    ...checkWatch(readable),
    ...presentEntries(readable.pools).flatMap(([name, pool]) =>
      checkOnePool(name, pool, rules, shapeFaults),
    ),
    ...presentEntries(readable.pools).flatMap(([name, pool]) =>
      checkTokenIssuers(pool, joinPath('pools', name), readable.name),
    ),
  ];
  const source = options.source ?? `"${readable.name ?? 'without a name'}"`;
  if (faults.length > 0) throw invalidEnvironment(source, unique(faults));
  // No fault: the whole input is readable.
  return normaliseEnvironment(contract, readable as EnvironmentInput);
}

/** A probe's trigger obeys its callers: it must never stand where tokens count. */
function checkProbe({ probe, isDisposable }: PartialEnvironment): Fault[] {
  if (probe !== true || isDisposable === true) return [];
  return [
    {
      path: 'probe',
      problem: 'only a disposable environment may be a probe',
      expected: 'isDisposable: true as well',
    },
  ];
}

function checkName(got: string | undefined, expected: string | undefined): Fault[] {
  if (got === undefined || expected === undefined || got === expected) return [];
  return [{ path: 'name', problem: 'not the name of the file', got, expected }];
}

function checkOnePool(
  name: string,
  pool: PartialPool,
  rules: ClaimRules,
  shapeFaults: readonly Fault[],
): Fault[] {
  const path = joinPath('pools', name);
  const poolClaims = checkPoolClaims(rules.contract, pool, path);
  const clients = presentEntries(pool.clients).flatMap(([clientName, client]) => {
    const clientPath = joinPath(joinPath(path, 'clients'), clientName);
    const faults = checkOneClient(rules.contract, pool, client, clientPath);
    const blocking = [...faults, ...poolClaims, ...shapeFaults.filter(isUnder(clientPath))];
    if (blocking.length > 0) return faults;
    return checkRecordOf(name, pool, clientName, client, clientPath, rules);
  });
  const settings = checkSettingsSize(normaliseAlone(name, pool, {}), path);
  return [...checkPool(pool, path), ...settings, ...poolClaims, ...clients];
}

function checkOneClient(
  contract: Contract,
  pool: PartialPool,
  client: PartialClient,
  path: string,
): Fault[] {
  return [
    ...checkClientScopes(pool, client, path),
    ...checkClientClaims(contract, client, path),
    ...checkTokenSelector(contract, pool, client, path),
  ];
}

function checkRecordOf(
  poolName: string,
  pool: PartialPool,
  clientName: string,
  client: PartialClient,
  path: string,
  rules: ClaimRules,
): Fault[] {
  const normal = normaliseAlone(poolName, pool, { [clientName]: client });
  return normal.clients.flatMap((normalClient) => [
    ...checkClientTokens(normal, normalClient, path, rules),
    ...checkBaselineSize(normal, normalClient, path),
  ]);
}

/** A pool with clients that have no fault; what may be missing of the pool itself is nothing that a record needs. */
function normaliseAlone(name: string, pool: PartialPool, clients: PartialPool['clients']): Pool {
  return normalisePool(name, { ...pool, clients } as PoolInput, '');
}

/** True for a fault inside of what stands at a path. */
function isUnder(path: string): (fault: Fault) => boolean {
  return (fault) => /^[.[]/.test(fault.path.slice(path.length)) && fault.path.startsWith(path);
}

/** Two rules may find the same fault: a claim's own, and the one about every text. */
function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [formatFault(fault), fault])).values()];
}

/** For one resource. @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAGS = 50;

/**
 * A file's tags are added to ours and never replace them, and no two differ only in case.
 *
 * AWS IAM, which tags the trigger's role, takes `Team` and `team` for one key.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
function checkTags({ tags = {} }: PartialEnvironment): Fault[] {
  const keys = Object.keys(tags);
  const max = MAX_TAGS - OWN_TAG_KEYS.length;
  const tooMany = { path: 'tags', problem: 'too many', got: String(keys.length) };
  return [
    ...(keys.length > max ? [{ ...tooMany, expected: `at most ${max}` }] : []),
    ...keys.flatMap((key, index) => {
      const path = joinPath('tags', key);
      const isAlike = (other: string) => other.toLowerCase() === key.toLowerCase();
      if (OWN_TAG_KEYS.some(isAlike)) {
        return [{ path, problem: 'the deploy sets this tag itself', expected: 'another key' }];
      }
      const twin = keys.slice(0, index).find(isAlike);
      return twin === undefined ? [] : [{ path, problem: `"${twin}" is the same key to AWS IAM` }];
    }),
  ];
}

/** Everything that an environment refers to by ARN is in its Region; AWS takes no other. */
function checkRegions(environment: PartialEnvironment): Fault[] {
  const { region, state, alarmTopicArn, pools } = environment;
  const stateKeyArn = state?.type === 's3' ? state.kmsKeyArn : undefined;
  const webAcls = presentEntries(pools).map(
    ([name, { webAclArn }]) => [joinPath(joinPath('pools', name), 'webAclArn'), webAclArn] as const,
  );
  const named = [
    ['state.kmsKeyArn', stateKeyArn],
    ['alarmTopicArn', alarmTopicArn],
    ...webAcls,
  ] as const;
  const certificates = presentEntries(pools).map(
    ([name, { customDomain }]) =>
      [joinPath(joinPath('pools', name), 'customDomain'), customDomain?.certificateArn] as const,
  );
  return [
    ...named.flatMap(([path, arn]) => checkRegion(path, arn, region)),
    // Amazon CloudFront serves the domain, and takes its certificates from here.
    ...certificates.flatMap(([path, arn]) =>
      checkRegion(joinPath(path, 'certificateArn'), arn, 'us-east-1'),
    ),
  ];
}

function checkRegion(path: string, arn: string | undefined, region: string | undefined): Fault[] {
  const got = arn?.split(':')[3];
  if (region === undefined || got === undefined || got === region) return [];
  return [{ path, problem: 'in another Region', got, expected: region }];
}

/** Settings of the trigger that each are right and can't be together. */
function checkTrigger({ trigger = {} }: PartialEnvironment): Fault[] {
  const { provisionedConcurrency = 0, reservedConcurrency = Number.POSITIVE_INFINITY } = trigger;
  // A setting that could not be read is there, and takes the place of its default.
  const { cacheSeconds, maxStaleSeconds }: typeof trigger = { ...DEFAULT_TRIGGER, ...trigger };
  return [
    // @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    ...atMost(
      'provisionedConcurrency',
      provisionedConcurrency,
      'reservedConcurrency',
      reservedConcurrency,
    ),
    // A record that is fresh is never too old.
    ...atMost('cacheSeconds', cacheSeconds, 'maxStaleSeconds', maxStaleSeconds),
  ];
}

/** What could not be read is compared with nothing: it is a fault already. */
function atMost(
  field: string,
  value: number | undefined,
  limitField: string,
  limit: number | undefined,
): Fault[] {
  if (value === undefined || limit === undefined || value <= limit) return [];
  const expected = `at most ${limitField}, ${limit}`;
  return [{ path: `trigger.${field}`, problem: 'too large', got: String(value), expected }];
}

/**
 * Finds every text of a file, names included, that Terraform would change on its way to AWS.
 *
 * What was deployed would then differ from the file forever, and a listed value would never be the one that a caller sends.
 */
function checkText(input: unknown, path = ''): Fault[] {
  if (typeof input === 'string') return toFaults(input, path);
  if (Array.isArray(input)) {
    return input.flatMap((element, index) => checkText(element, joinPath(path, index)));
  }
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([name, value]) => {
    const valuePath = joinPath(path, name);
    return [...toFaults(name, valuePath), ...checkText(value, valuePath)];
  });
}

function toFaults(text: string, path: string): Fault[] {
  const fault = findChangingText(text);
  return fault === undefined ? [] : [{ path, ...fault }];
}
