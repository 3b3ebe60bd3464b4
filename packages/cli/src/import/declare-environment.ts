import { type Claims, type Contract, findSecret } from '@cognito-m2m/claim-schema';
import type { EnvironmentInput, PoolInput } from '@cognito-m2m/environment';
import { OWN_TAG_KEYS } from '@cognito-m2m/environment/names';
import { declareClaimsOnly } from './declare-claims-only.ts';
import { type DeclaredPool, declarePool } from './declare-pool.ts';
import { type Declared, filled, type ImportNote } from './import-note.ts';
import type { EnvironmentDescription, PoolDescription } from './pool-description.ts';

/** What only whoever imports can say. */
interface ImportWishes {
  /** Who answers for the environment. @default the deployed trigger's owner, or the pool's */
  readonly owner?: string | undefined;
  /** Claims of every client, where no record says otherwise. */
  readonly defaultClaims: Claims;
  /** True to declare the claims only, and leave the pools to their owners. @default false */
  readonly isClaimsOnly?: boolean;
}

/** A whole file as data. */
export interface DeclaredEnvironment extends Declared<EnvironmentInput> {
  readonly assumed: readonly ImportNote[];
  /** App client ids by name, by pool. */
  readonly clientIds: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Tags that the deploy writes itself. */
const OWN_TAGS: ReadonlySet<string> = new Set(OWN_TAG_KEYS);
const UNKNOWN_OWNER = 'unknown';

/** Declares an environment: pure, so that what is written follows only from what was read. */
export function declareEnvironment(
  description: EnvironmentDescription,
  wishes: ImportWishes,
  contract: Contract,
): DeclaredEnvironment {
  const { name, region, trigger } = description;
  const { isClaimsOnly = false } = wishes;
  const owner = ownerOf(description, wishes);
  const declare = isClaimsOnly ? declareClaimsOnly : declarePool;
  const context = { environmentName: name, environmentOwner: owner, contract, ...wishes };
  const pools = new Map(
    description.pools.map((pool) => [pool.name, declare(pool, context)] as const),
  );
  // The tags of a pool that keeps its owner are not ours.
  const tags = isClaimsOnly ? { value: {}, notes: [] } : sharedTags(description.pools);
  return {
    value: {
      name,
      region,
      ...filled({ accountId: accountOf(description.pools) }),
      owner,
      ...filled({ tags: tags.value }),
      state: { type: 'local' },
      ...filled({
        isDisposable: (!isClaimsOnly && isDisposable(description.pools)) || undefined,
        trigger: trigger?.settings,
        alarmTopicArn: trigger?.alarmTopicArn,
      }),
      ...(trigger?.watch && { watch: trigger.watch }),
      pools: Object.fromEntries(
        [...pools].map(([poolName, { value }]): [string, PoolInput] => [
          poolName,
          { ...value, ...filled({ canary: canaryOf(trigger, poolName, value) }) },
        ]),
      ),
    },
    notes: [...tags.notes, ...flat(pools, ({ notes }) => notes)],
    assumed: [...assumptions(owner), ...flat(pools, ({ assumed }) => assumed)],
    clientIds: new Map([...pools].map(([poolName, { clientIds }]) => [poolName, clientIds])),
  };
}

function flat(
  pools: ReadonlyMap<string, DeclaredPool>,
  read: (pool: DeclaredPool) => readonly ImportNote[],
): ImportNote[] {
  return [...pools.values()].flatMap(read);
}

/** The canary of a pool, if the file declares that client. */
function canaryOf(
  trigger: EnvironmentDescription['trigger'],
  poolName: string,
  { clients }: PoolInput,
): string | undefined {
  const canary = trigger?.watch && trigger.canaries.get(poolName);
  return canary !== undefined && Object.hasOwn(clients, canary) ? canary : undefined;
}

function ownerOf({ trigger, pools }: EnvironmentDescription, { owner }: ImportWishes): string {
  const [tagged] = pools.flatMap(({ pool }) => pool.UserPoolTags?.['owner'] ?? []);
  const found = owner ?? trigger?.owner ?? tagged ?? UNKNOWN_OWNER;
  return findSecret('', found) === undefined ? found : UNKNOWN_OWNER;
}

/** The account that holds the pools: a deploy into another would create everything again. */
function accountOf(pools: readonly PoolDescription[]): string | undefined {
  return pools.flatMap(({ pool }) => pool.Arn?.split(':')[4] ?? [])[0];
}

/** Only our own deploy leaves a pool unprotected on purpose. */
function isDisposable(pools: readonly PoolDescription[]): boolean {
  return pools.some(({ pool, isDeployed }) => isDeployed && pool.DeletionProtection !== 'ACTIVE');
}

/** Tags are the environment's: those that all pools carry alike. */
function sharedTags(pools: readonly PoolDescription[]): Declared<Record<string, string>> {
  const tagsOf = ({ pool }: PoolDescription) =>
    Object.entries(pool.UserPoolTags ?? {}).filter(
      ([key]) => !OWN_TAGS.has(key) && !key.startsWith('aws:'),
    );
  const isShared = (key: string, value: string) =>
    pools.every(({ pool }) => pool.UserPoolTags?.[key] === value);
  const faultOf = (key: string, text: string): string | undefined => {
    if (findSecret(key, text) !== undefined) return 'looks like a secret';
    // To AWS IAM, case makes no other key.
    if (OWN_TAGS.has(key.toLowerCase())) return 'is reserved by the deployment';
    return isShared(key, text) ? undefined : 'is not on all pools alike';
  };
  const value: Record<string, string> = {};
  const notes = pools.flatMap((pool) =>
    tagsOf(pool).flatMap(([key, text]): ImportNote[] => {
      const fault = faultOf(key, text);
      if (fault === undefined) {
        value[key] = text;
        return [];
      }
      return [
        {
          place: { pool: pool.name },
          what: `The tag "${key}" ${fault}.`,
          why: 'Tags belong to the environment, apart from those of the deployment, and no secret is written to a file.',
          outcome: 'The first deploy takes it off the pool.',
        },
      ];
    }),
  );
  return { value: Object.fromEntries(Object.entries(value).sort()), notes };
}

function assumptions(owner: string): ImportNote[] {
  const state: ImportNote = {
    place: {},
    what: 'Terraform keeps its state on this machine.',
    why: 'Nothing in AWS says where the state is.',
    outcome: 'Before a deploy, name the bucket of the environment’s state if it has one.',
  };
  if (owner !== UNKNOWN_OWNER) return [state];
  const unknown: ImportNote = {
    place: {},
    what: `The owner is "${UNKNOWN_OWNER}".`,
    why: 'No tag of the pool says who answers for it.',
    outcome: 'Name the owner, here or with --owner.',
  };
  return [state, unknown];
}
