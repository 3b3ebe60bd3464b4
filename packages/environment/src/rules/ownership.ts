import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { environmentOfTrigger } from '../deployed/names.ts';
import type { PartialEnvironment } from '../environment-schema.ts';
import { type PartialClient, type PartialPool, presentEntries } from './rule.ts';

/** What belongs to the owner of an existing pool. */
const OF_POOL_OWNER = [
  'domainPrefix',
  'customDomain',
  'plan',
  'resourceServers',
  'webAclArn',
] as const;
/** What belongs to the owner of an app client. */
const OF_CLIENT_OWNER = ['scopes', 'accessTokenMinutes', 'readers'] as const;

/** AWS Lambda allows 4 KB for all variables of a function; the other ones take less than the rest. */
const MAX_USER_TRIGGERS_BYTES = 3000;

/** Who owns what: a setting of the owner of an existing pool or client cannot be declared, one of ours must be. */
export function checkOwnership(environment: PartialEnvironment): Fault[] {
  const pools = presentEntries(environment.pools);
  return [
    ...pools.flatMap(([name, pool]) => checkPool(environment, pool, joinPath('pools', name))),
    ...findDoubles(
      pools.flatMap(([name, { existing }]) =>
        place(existing?.userPoolId, joinPath('pools', name), 'existing', 'userPoolId'),
      ),
    ),
    // No two user pools have an app client with the same ID.
    ...findDoubles(
      pools.flatMap(([name, pool]) =>
        clientsOf(pool, joinPath('pools', name)).flatMap(([{ clientId }, path]) =>
          place(clientId, path, 'clientId'),
        ),
      ),
    ),
    ...checkUserTriggersSize(pools),
  ];
}

function checkPool(environment: PartialEnvironment, pool: PartialPool, path: string): Fault[] {
  const checkKind = pool.existing === undefined ? checkOwnPool : checkExistingPool;
  return [
    ...checkKind(pool, path),
    ...checkPoolRegion(environment, pool, path),
    ...checkUserTrigger(environment, pool, path),
    ...clientsOf(pool, path).flatMap(([client, clientPath]) =>
      checkClient(pool, client, clientPath),
    ),
  ];
}

/** The clients of a pool, each with its path. */
function clientsOf({ clients }: PartialPool, path: string): (readonly [PartialClient, string])[] {
  return presentEntries(clients).map(([name, client]) => [
    client,
    joinPath(joinPath(path, 'clients'), name),
  ]);
}

function checkOwnPool(pool: PartialPool, path: string): Fault[] {
  const problem = 'only for an existing pool: a pool that the deploy creates has no users';
  return faultsWhere(
    [
      !('domainPrefix' in pool || 'customDomain' in pool),
      missing(path, 'domainPrefix', 'a prefix for the token endpoint, or a customDomain'),
    ],
    [!('resourceServers' in pool), missing(path, 'resourceServers', 'the APIs and their scopes')],
    ['userTrigger' in pool, { path: joinPath(path, 'userTrigger'), problem }],
  );
}

function checkExistingPool(pool: PartialPool, path: string): Fault[] {
  const faults = OF_POOL_OWNER.filter((field) => pool[field] !== undefined).map((field) => ({
    path: joinPath(path, field),
    problem: 'belongs to the owner of the existing pool, and cannot be declared here',
  }));
  return faults;
}

/** A pool ID begins with its Region. */
function checkPoolRegion(
  { region }: PartialEnvironment,
  { existing }: PartialPool,
  path: string,
): Fault[] {
  const got = existing?.userPoolId?.split('_')[0];
  if (region === undefined || got === undefined || got === region) return [];
  const place = joinPath(joinPath(path, 'existing'), 'userPoolId');
  return [{ path: place, problem: 'in another Region', got, expected: region }];
}

function checkUserTrigger(
  { name, region }: PartialEnvironment,
  { userTrigger }: PartialPool,
  path: string,
): Fault[] {
  const place = joinPath(joinPath(path, 'userTrigger'), 'functionArn');
  const functionArn = userTrigger?.functionArn ?? '';
  const got = functionArn.split(':')[3];
  if (got === undefined) return [];
  if (region !== undefined && got !== region) {
    return [{ path: place, problem: 'in another Region', got, expected: region }];
  }
  const environment = environmentOfTrigger(functionArn);
  if (environment === undefined) return [];
  const problem =
    environment === name
      ? "is this environment's own trigger"
      : 'is the trigger of another environment';
  const expected = "the function for users' tokens that was attached before";
  return [{ path: place, problem, expected }];
}

function checkClient(pool: PartialPool, client: PartialClient, path: string): Fault[] {
  const isTheirs = client.clientId !== undefined;
  const fault = (field: string, problem: string) => ({ path: joinPath(path, field), problem });
  const ofOwner = OF_CLIENT_OWNER.map((field): [boolean, Fault] => [
    isTheirs && client[field] !== undefined,
    fault(field, 'belongs to the owner of the app client, and cannot be declared here'),
  ]);
  return faultsWhere(
    [
      isTheirs && pool.existing === undefined,
      fault(
        'clientId',
        'only in an existing pool: the deploy creates the clients of its own pools',
      ),
    ],
    ...ofOwner,
    [
      !isTheirs && !('scopes' in client),
      missing(path, 'scopes', 'what the client may request, as "<server>/<scope>"'),
    ],
    [
      !isTheirs && client.secretId !== undefined,
      fault(
        'secretId',
        'only for a client with a clientId: the deploy names the secrets of its own clients',
      ),
    ],
  );
}

/** The faults whose condition holds. */
function faultsWhere(...checks: readonly (readonly [boolean, Fault])[]): Fault[] {
  return checks.flatMap(([isFaulty, fault]) => (isFaulty ? [fault] : []));
}

function missing(path: string, field: string, expected: string): Fault {
  return { path: joinPath(path, field), problem: 'missing', expected };
}

/** A value and the path of where it stands. */
type Placed = readonly [value: string, path: string];

function place(value: string | undefined, path: string, ...fields: string[]): Placed[] {
  return value === undefined ? [] : [[value, fields.reduce(joinPath, path)]];
}

function findDoubles(placed: readonly Placed[]): Fault[] {
  const first = new Map<string, string>();
  return placed.flatMap(([value, path]) => {
    const other = first.get(value);
    first.set(value, other ?? path);
    return other === undefined ? [] : [{ path, problem: `is also at ${other}`, got: value }];
  });
}

function checkUserTriggersSize(pools: readonly [string, PartialPool][]): Fault[] {
  const declared = pools.flatMap(([, { existing, userTrigger }]) =>
    userTrigger === undefined ? [] : [[existing?.userPoolId, userTrigger]],
  );
  const bytes = JSON.stringify(declared).length;
  if (bytes <= MAX_USER_TRIGGERS_BYTES) return [];
  const problem = 'more userTriggers than the variables of the trigger have room for';
  const expected = `at most ${MAX_USER_TRIGGERS_BYTES} bytes of pool IDs and ARNs`;
  return [{ path: 'pools', problem, got: `${bytes} bytes`, expected }];
}
