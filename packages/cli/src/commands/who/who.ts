import { isDeepStrictEqual } from 'node:util';
import { type ClaimLayer, type ClaimValue, resolveClaims } from '@cognito-m2m/claim-schema';
import type { ListedClient, PoolListing } from '@cognito-m2m/claims-store/lister';
import type { Command, CommandContext } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { type FoundPool, findPools } from '../../find-pools.ts';
import { parseClaimText } from '../../input/claim-input.ts';
import { showableValue } from '../../output/claim-text.ts';
import { claimRulesOf } from '../../tokens/claim-rules.ts';
import { requestVariants } from '../../tokens/request-variants.ts';
import { toEpochSeconds } from '../../tokens/time.ts';
import { renderWho } from './render-who.ts';
import type { CarrierJson, WhoJson } from './who-json.ts';

/** Input of `m2m who`. */
export interface WhoInput {
  /** As `name` or `name=value`. */
  readonly claim: string;
  /** @default all pools */
  readonly poolName: string | undefined;
}

interface Wanted {
  readonly name: string;
  readonly value?: ClaimValue;
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

function parseWanted({ environment }: CommandContext, text: string): Wanted {
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
  wanted: Wanted,
): Promise<CarrierJson[]> {
  const progress = context.output.startProgress(`Reading pool ${declared.name}`);
  const listing = await context.target
    .openClaims(deployed)
    .lister.listPool(deployed.userPoolId, { onProgress: progress.update })
    .finally(progress.end);
  const scopesByName = new Map(declared.clients.map(({ name, scopes }) => [name, scopes]));
  return [...listing.clients.values()].flatMap((client) => {
    const name = client.baseline?.clientName ?? '';
    const scopes = scopesByName.get(name) ?? [];
    return findInClient(context, listing, client, scopes, wanted).map((found) => ({
      pool: declared.name,
      client: name,
      clientId: client.clientId,
      ...found,
    }));
  });
}

type FoundClaim = Pick<CarrierJson, 'value' | 'layer' | 'when'>;

function findInClient(
  { environment, clock }: CommandContext,
  { settings }: PoolListing,
  { clientId, baseline, override }: ListedClient,
  scopes: readonly string[],
  wanted: Wanted,
): FoundClaim[] {
  const now = toEpochSeconds(clock());
  const layers = {
    ...(baseline && { baseline }),
    ...(override && { override }),
    ...(settings && { settings }),
  };
  const found = new Map<string, FoundClaim>();
  for (const { label, request } of requestVariants({ clientId, scopes, baseline })) {
    const resolution = resolveClaims(layers, request, now, claimRulesOf(environment));
    if (resolution.outcome === 'deny') continue;
    const value = Object.hasOwn(resolution.claims, wanted.name)
      ? resolution.claims[wanted.name]
      : undefined;
    if (value === undefined || !isWanted(value, wanted.value)) continue;
    const layer: ClaimLayer = resolution.provenance[wanted.name]?.layer ?? 'baseline';
    const key = JSON.stringify([layer, value]);
    const when = label === 'all scopes' ? {} : { when: label };
    if (!found.has(key))
      found.set(key, { value: showableValue(wanted.name, value), layer, ...when });
  }
  return [...found.values()];
}

/** A list carries each of its members. */
function isWanted(value: ClaimValue, wanted: ClaimValue | undefined): boolean {
  if (wanted === undefined || isDeepStrictEqual(value, wanted)) return true;
  const [only, ...rest] = Array.isArray(wanted) ? wanted : [];
  return Array.isArray(value) && only !== undefined && rest.length === 0 && value.includes(only);
}
