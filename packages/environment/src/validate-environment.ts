import {
  type Contract,
  DEFAULT_SIZE_BUDGET_BYTES,
  type Fault,
  findChangingText,
  formatFault,
  joinPath,
} from '@cognito-m2m/claim-schema';
import { OWN_TAG_KEYS } from './deployed/names.ts';
import type { EnvironmentInput } from './environment.ts';
import { type PartialEnvironment, readShape } from './environment-schema.ts';
import { invalidEnvironment } from './errors.ts';
import {
  DEFAULT_TRIGGER,
  DEFAULT_WATCH,
  joinOwners,
  normalisePool,
} from './normalise-environment.ts';
import type { Environment } from './normalised-environment.ts';
import { checkPoolAndClients } from './rules/clients.ts';
import { checkNames } from './rules/names.ts';
import { checkOwnership } from './rules/ownership.ts';
import { checkPools } from './rules/pools.ts';
import { presentEntries } from './rules/rule.ts';
import { checkTokenIssuers } from './rules/user-tokens.ts';
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
    ...checkPools(readable),
    ...checkOwnership(readable),
    ...checkWatch(readable),
    ...presentEntries(readable.pools).flatMap(([name, pool]) =>
      checkPoolAndClients(name, pool, rules, shapeFaults),
    ),
    ...checkTokenIssuers(readable),
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

/** Fills in every default of a file whose shape is right. */
function normaliseEnvironment(contract: Contract, input: EnvironmentInput): Environment {
  const { name, region, accountId, state = { type: 'local' }, alarmTopicArn } = input;
  const pools = Object.entries(input.pools).map(([poolName, pool]) =>
    normalisePool(poolName, pool, input.owner ?? ''),
  );
  return {
    contract,
    name,
    region,
    accountId,
    owner: input.owner ?? joinOwners(pools.map(({ owner }) => owner)),
    tags: input.tags ?? {},
    state,
    isDisposable: input.isDisposable ?? false,
    isProbe: input.probe ?? false,
    trigger: { ...DEFAULT_TRIGGER, ...input.trigger },
    alarmTopicArn,
    watch: input.watch && { ...DEFAULT_WATCH, ...input.watch },
    pools,
  };
}
