import type { SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { createClaimsLister } from '@cognito-m2m/claims-store/lister';
import {
  type DeploymentClients,
  type DeploymentView,
  gatherDeployment,
  type LocatedPool,
} from '@cognito-m2m/doctor';
import type { WatchedEnvironment } from '@cognito-m2m/doctor/watch-settings';
import type { WatchStore } from '@cognito-m2m/doctor/watch-store';
import {
  poolParameterNames,
  secretName,
  TRIGGER_ALIAS,
  triggerName,
} from '@cognito-m2m/environment/names';
import { readPoolParameters } from './edges.ts';

/** What a look is made with. */
export interface WatcherEdges {
  readonly watched: WatchedEnvironment;
  /** The version that the deploy put behind the trigger's alias. */
  readonly triggerVersion: string | undefined;
  /** Where messages go; `undefined`: facts show in metrics and in `m2m watch` only. */
  readonly topicArn: string | undefined;
  readonly clients: DeploymentClients & { readonly ssm: SSMClient; readonly sns: SNSClient };
  readonly store: WatchStore;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** How many clients of a pool have their secrets listed in one look: 4 s at the quotas of Amazon Cognito. */
const SECRETS_PER_LOOK = 20;

/** Reads what is deployed now, as far as the checks of a look need it. */
export async function gather(
  edges: WatcherEdges,
  namedClientId: string | undefined,
): Promise<DeploymentView> {
  const { watched, clients, triggerVersion, clock } = edges;
  const environment = watched.name;
  const located = await locatePools(edges);
  return gatherDeployment({
    environment: watched,
    pools: watched.pools.filter(({ name }) => located.has(name)),
    clients,
    commandLine: (words) => `m2m ${words} --env ${environment}`,
    deployCommand: `npx -y pnpm@12 cdktf deploy '${environment}-*'`,
    trigger: {
      functionName: triggerName(environment),
      alias: TRIGGER_ALIAS,
      version: triggerVersion,
    },
    findPool: async (name) => located.get(name),
    // Which clients were deployed is in the claims table.
    listClientIds: async () => new Map(),
    openLister: ({ tableName }) => createClaimsLister({ client: clients.dynamoDb, tableName }),
    secretName: (pool, client) => secretName(environment, pool, client),
    clientScope: {
      settings: 'none',
      secretsOf: (ids) => chooseClients(ids, namedClientId, clock()),
    },
    startProgress: () => ({ update: () => {}, end: () => {} }),
  });
}

/** Finds the pools that are deployed, and those that once were. One that is declared and not deployed yet is not missed. */
async function locatePools({ watched, clients, store, clock }: WatcherEdges) {
  const located = new Map<string, LocatedPool | undefined>();
  for (const { name } of watched.pools) {
    const pool = await locatePool(clients.ssm, watched.name, name);
    const seen = await store.readLastRun(`pool ${name}`);
    if (pool !== undefined || seen !== undefined) located.set(name, pool);
    if (pool !== undefined && seen === undefined) {
      const at = new Date(clock()).toISOString();
      await store.writeLastRun(`pool ${name}`, { at, problem: undefined });
    }
  }
  return located;
}

async function locatePool(
  ssm: SSMClient,
  environment: string,
  name: string,
): Promise<LocatedPool | undefined> {
  const names = poolParameterNames(environment, name);
  const values = await readPoolParameters(ssm, [names.userPoolId, names.tableName, names.issuer]);
  const userPoolId = values.get(names.userPoolId);
  const tableName = values.get(names.tableName);
  return userPoolId === undefined || tableName === undefined
    ? undefined
    : { name, userPoolId, tableName, issuer: values.get(names.issuer) };
}

/** The client that a change is about, and some of the others: each has its turn. */
export function chooseClients(
  ids: readonly string[],
  named: string | undefined,
  nowMs: number,
): ReadonlySet<string> {
  const rounds = Math.max(1, Math.ceil(ids.length / SECRETS_PER_LOOK));
  const round = Math.floor(nowMs / 60_000) % rounds;
  const turn = ids.filter((_, index) => index % rounds === round);
  return new Set(named !== undefined && ids.includes(named) ? [named, ...turn] : turn);
}
