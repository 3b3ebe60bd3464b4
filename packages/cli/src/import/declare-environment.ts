import { type Claims, type Contract, findSecret } from '@cognito-m2m/claim-schema';
import { type AttachedFunction, runsTrigger, toAttachedFunction } from '@cognito-m2m/doctor';
import type {
  ClientInput,
  EnvironmentInput,
  PoolInput,
  UserTrigger,
} from '@cognito-m2m/environment';
import { OWN_TAG_KEYS } from '@cognito-m2m/environment/names';
import { declareClaims, declareDescription, declareRecord } from './declare-client.ts';
import { assumedText, sortClients } from './declare-clients.ts';
import { type DeclaredPool, declarePool } from './declare-pool.ts';
import {
  type Declared,
  filled,
  type ImportNote,
  type NoteText,
  type Place,
} from './import-note.ts';
import type { EnvironmentDescription, PoolDescription } from './pool-description.ts';
import { poolSettingNotes } from './pool-setting-notes.ts';

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

/** What all pools of an import share. */
interface PoolContext {
  readonly environmentName: string;
  readonly environmentOwner: string;
  readonly contract: Contract;
  /** Claims for every client of a pool whose records name no pool default. */
  readonly defaultClaims: Claims;
}

/** The trigger of an environment. */
const TRIGGER = /:function:m2m-(.+)-pre-token-generation(?::|$)/;

const KEPT = 'It stays with its owner: no deploy changes it.';

/**
 * Declares the claims of a pool that keeps its owner: its machine clients by their IDs, and the function that it calls for users.
 * Everything else stays with its owner, and is listed.
 */
function declareClaimsOnly(description: PoolDescription, context: PoolContext): DeclaredPool {
  const { name, userPoolId, listing, text } = description;
  const place = { pool: name };
  const clients = declareTheirs(description, context);
  const users = declareUserTrigger(description, place);
  const [first] = [...(listing?.clients.values() ?? [])].flatMap(({ baseline }) => baseline ?? []);
  const defaults = declareClaims(
    { ...context.defaultClaims, ...first?.defaults },
    context.contract,
    place,
    'pool default',
  );
  const isDenying = listing?.settings?.unknownClients === 'deny';
  return {
    value: {
      ...filled<Pick<PoolInput, 'owner' | 'description'>>({
        owner: poolOwnerOf(description, context),
        description: text,
      }),
      existing: { userPoolId },
      ...filled<Pick<PoolInput, 'userTrigger' | 'unknownClients' | 'defaults'>>({
        userTrigger: users.value,
        unknownClients: isDenying ? 'deny' : undefined,
        defaults: filled({ claims: defaults.value }),
      }),
      clients: clients.value,
    },
    clientIds: new Map(),
    assumed: [...clients.assumed, ...users.notes],
    notes: [...ownersNotes(description, place), ...clients.notes, ...defaults.notes],
  };
}

function poolOwnerOf(
  { pool }: PoolDescription,
  { environmentOwner }: PoolContext,
): string | undefined {
  const owner = pool.UserPoolTags?.['owner'];
  if (owner === undefined || owner === environmentOwner) return undefined;
  return findSecret('', owner) === undefined ? owner : undefined;
}

/** The clients for machines: those of the owner by their IDs, those that a deploy added as it declared them. */
function declareTheirs(description: PoolDescription, { contract, environmentOwner }: PoolContext) {
  const knownScopes = new Set(
    description.resourceServers.flatMap(({ Identifier, Scopes = [] }) =>
      Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`),
    ),
  );
  const { machines, others } = sortClients(description, knownScopes);
  const notes: ImportNote[] = others.map(({ client, reason }) => ({
    place: { pool: description.name, client: client.ClientName ?? client.ClientId ?? '' },
    ...reason,
    outcome: KEPT,
  }));
  const assumed: ImportNote[] = [];
  const value: Record<string, ClientInput> = {};
  for (const { name, client, baseline, scopes } of machines) {
    const { ClientId: clientId = '' } = client;
    const place = { pool: description.name, client: name };
    const clientText = description.clientTexts.get(name);
    const sentence = declareDescription({ place, client, text: clientText });
    const record = declareRecord({ baseline, contract, place, knownScopes });
    const isOurs = description.addedClientIds.has(clientId);
    const { owner } = baseline ?? {};
    value[name] = {
      ...filled<Pick<ClientInput, 'clientId'>>({ clientId: isOurs ? undefined : clientId }),
      description: sentence.value,
      ...filled<Pick<ClientInput, 'owner' | 'scopes'>>({
        owner: owner === environmentOwner ? undefined : owner,
        scopes: isOurs ? scopes : undefined,
      }),
      ...record.value,
    };
    notes.push(...sentence.notes, ...record.notes);
    if (clientText === undefined) assumed.push(assumedText(place));
  }
  return { value, notes, assumed };
}

/** The function for users: what the pool calls now or, if that is our trigger, what it called before. */
function declareUserTrigger(
  { pool, attachment }: PoolDescription,
  place: Place,
): { readonly value: UserTrigger | undefined; readonly notes: readonly ImportNote[] } {
  const attached = toAttachedFunction(pool.LambdaConfig ?? {});
  const [, environment] = TRIGGER.exec(attached?.functionArn ?? '') ?? [];
  const found = environment === undefined ? attached : toAttachedFunction(attachment?.before ?? {});
  if (environment !== undefined && attachment === undefined) {
    const note = {
      place,
      what: `The pool calls the trigger of environment "${environment}".`,
      why: 'What it called before is not known.',
      outcome: 'If another function customizes users\u2019 tokens, declare it as userTrigger.',
    };
    return { value: undefined, notes: [note] };
  }
  if (found === undefined) return { value: undefined, notes: [] };
  const note = {
    place,
    what: `${found.functionArn} is declared as userTrigger, for ${found.version} events.`,
    why: 'The pool calls it now, and a pool calls one function only.',
    outcome:
      'It goes on with the events of users. Remove it from the file if it does nothing for them.',
  };
  return { value: toUserTrigger(found), notes: [note] };
}

function toUserTrigger({ functionArn, version }: AttachedFunction): UserTrigger {
  const eventVersion = version === 'V2_0' || version === 'V3_0' ? version : 'V1_0';
  return { functionArn, eventVersion };
}

/** Everything of the pool that the file says nothing of. */
function ownersNotes(description: PoolDescription, place: Place): ImportNote[] {
  const { pool, resourceServers } = description;
  const domains = [pool.Domain, pool.CustomDomain].filter((domain) => domain !== undefined);
  const servers = resourceServers.map(({ Identifier }) => Identifier).sort();
  const noted: NoteText[] = [
    ...(domains.length === 0 ? [] : [keptNote(`The pool answers at ${domains.join(' and ')}.`)]),
    ...(servers.length === 0 ? [] : [keptNote(`Its resource servers are ${servers.join(', ')}.`)]),
    ...poolSettingNotes(description, place)
      .filter(({ what }) => !/ come from another function: |^The pool is called /.test(what))
      .map(({ what }) => keptNote(what)),
  ];
  const plan = pool.UserPoolTier;
  if (!runsTrigger(plan)) {
    noted.push({
      what: `The feature plan is ${plan ?? 'not known'}.`,
      why: 'Below ESSENTIALS, Amazon Cognito never calls the trigger for tokens of machines.',
      outcome:
        "Ask the pool's owner for ESSENTIALS or PLUS; m2m attach refuses the pool until then.",
    });
  }
  return noted.map((note) => ({ place, ...note }));
}

function keptNote(what: string): NoteText {
  return { what, why: 'Another stack owns the pool.', outcome: KEPT };
}
