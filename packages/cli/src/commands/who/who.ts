import type { Command, CommandContext } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { type FoundPool, findPools } from '../../find-pools.ts';
import { parseClaimText } from '../../input/claim-input.ts';
import { claimRulesOf } from '../../tokens/claim-rules.ts';
import { toEpochSeconds } from '../../tokens/time.ts';
import { findClaim, type WantedClaim } from './find-claim.ts';
import { renderWho } from './render-who.ts';
import type { CarrierJson, WhoJson } from './who-json.ts';

/** Input of `m2m who`. */
export interface WhoInput {
  /** As `name` or `name=value`. */
  readonly claim: string;
  /** @default all pools */
  readonly poolName: string | undefined;
}

/** `m2m who`: the clients whose tokens carry a claim. */
export const who: Command<CommandContext, WhoInput> = async (context, { claim, poolName }) => {
  const wanted = parseWanted(context, claim);
  const carriers: CarrierJson[] = [];
  for (const pool of await findPools(context, poolName)) {
    carriers.push(...(await findCarriers(context, pool, wanted)));
  }
  const { environment, target } = context;
  const json: WhoJson = {
    environment: environment.name,
    target: target.label,
    claim: wanted.name,
    carriers,
  };
  return { json, text: (style) => renderWho(json, style) };
};

function parseWanted({ environment }: CommandContext, text: string): WantedClaim {
  const { contract } = claimRulesOf(environment);
  const position = text.indexOf('=');
  const name = position === -1 ? text : text.slice(0, position);
  if (!Object.hasOwn(contract, name)) {
    const known = Object.keys(contract).join(', ');
    const message = `"${name}" is not in the claim contract; known: ${known}.`;
    throw new CliError('ERR_ARGUMENT_INVALID', message);
  }
  if (position === -1) return { name };
  const value = parseClaimText(contract, name, text.slice(position + 1));
  if (value !== undefined) return { name, value };
  const message = `Expected a value of type ${contract[name]?.type} for "${name}".`;
  throw new CliError('ERR_ARGUMENT_INVALID', message);
}

async function findCarriers(
  context: CommandContext,
  { declared, deployed }: FoundPool,
  wanted: WantedClaim,
): Promise<CarrierJson[]> {
  const progress = context.output.startProgress(`Reading pool ${declared.name}`);
  const listing = await context.target
    .openClaims(deployed)
    .lister.listPool(deployed.userPoolId, { onProgress: progress.update })
    .finally(progress.end);
  const scopesByName = new Map(declared.clients.map(({ name, scopes }) => [name, scopes]));
  const now = toEpochSeconds(context.clock());
  const rules = claimRulesOf(context.environment);
  return [...listing.clients.values()].flatMap(({ clientId, baseline, override }) => {
    // An override lies on top of a baseline; alone it brings no claim.
    if (baseline === undefined) return [];
    const layers = {
      baseline,
      ...(override && { override }),
      ...(listing.settings && { settings: listing.settings }),
    };
    const client = baseline.clientName;
    const scopes = scopesByName.get(client) ?? [];
    return findClaim({ layers, requester: { clientId, scopes, baseline }, wanted, now, rules }).map(
      (found) => ({ pool: declared.name, client, clientId, ...found }),
    );
  });
}
