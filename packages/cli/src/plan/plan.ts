import { createOptionalReads, type OptionalReads } from '@cognito-m2m/doctor';
import type { Pool } from '@cognito-m2m/environment';
import { readDeployedRules } from '../deployment/deployed-trigger.ts';
import { declaredPools, readListing } from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { EXIT_CODES } from '../frame/errors.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { claimRulesOf } from '../prediction/client-records.ts';
import type { RuleSides } from './plan-client.ts';
import type { PlanJson, PlannedPool } from './plan-json.ts';
import { isPoolUnchanged, planPool } from './plan-pool.ts';
import { renderPlan } from './render-plan.ts';

/** Input of `m2m plan`. */
interface PlanInput {
  /** @default all pools */
  readonly poolName: string | undefined;
}

/** `m2m plan`: what a deploy of the environment file would change in the tokens. */
export const plan: Command<CommandContext, PlanInput> = async (context, { poolName }) => {
  const { contract, environment, target } = context;
  const reads = createOptionalReads();
  const deployed = await readDeployedRules(contract, target, environment.name, reads);
  const rules: RuleSides = {
    deployed: {
      isOfContract: deployed?.isOfContract,
      sizeBudgetBytes: deployed?.sizeBudgetBytes,
    },
    declared: claimRulesOf(environment),
  };
  const pools: PlannedPool[] = [];
  for (const pool of declaredPools(context, poolName)) {
    pools.push(await planOne(context, pool, rules));
  }
  const removedPools = poolName === undefined ? await findRemovedPools(context, reads) : [];
  const count = (status: string) =>
    pools.reduce(
      (sum, { clients }) => sum + clients.filter((client) => client.status === status).length,
      0,
    );
  const json: PlanJson = {
    environment: environment.name,
    target: target.label,
    isSame: pools.every(isPoolUnchanged) && removedPools.length === 0 && !doRulesChange(rules),
    rules: {
      isContractChanged: deployed === undefined ? null : !deployed.isOfContract,
      sizeBudgetBytes: {
        before: deployed?.sizeBudgetBytes ?? null,
        after: environment.trigger.sizeBudgetBytes,
      },
    },
    counts: {
      added: count('added'),
      changed: count('changed'),
      removed: count('removed'),
      unchanged: pools.reduce((sum, { unchangedCount }) => sum + unchangedCount, 0),
    },
    pools,
    removedPools,
    notChecked: reads.notRead,
  };
  return {
    json,
    text: (style) => renderPlan(json, environment, style),
    exitCode: json.isSame ? EXIT_CODES.ok : EXIT_CODES.findings,
  };
};

async function findRemovedPools(
  { environment, target }: CommandContext,
  reads: OptionalReads,
): Promise<string[]> {
  const deployed = await reads.read(
    'pools that the file no longer declares',
    target.listPoolNames(),
  );
  const declared = new Set(environment.pools.map(({ name }) => name));
  return (deployed ?? []).filter((name) => !declared.has(name)).sort();
}

function doRulesChange({ deployed, declared }: RuleSides): boolean {
  const { isOfContract = true, sizeBudgetBytes = declared.sizeBudgetBytes } = deployed;
  return !isOfContract || sizeBudgetBytes !== declared.sizeBudgetBytes;
}

async function planOne(
  context: CommandContext,
  declared: Pool,
  rules: RuleSides,
): Promise<PlannedPool> {
  const { target, clock } = context;
  const now = toEpochSeconds(clock());
  const pool = await target.findPool(declared.name);
  if (pool === undefined) return planPool({ declared, deployed: undefined, now, rules });
  const listing = await readListing(context, pool);
  const { userPoolId } = pool;
  return planPool({ declared, deployed: { userPoolId, listing }, now, rules });
}
