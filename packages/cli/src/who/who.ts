import { isDeepStrictEqual } from 'node:util';
import {
  type ClaimLayer,
  type ClaimLayers,
  type ClaimRules,
  type ClaimValue,
  claimTypeOf,
  findMember,
  isOfClaimType,
  listMemberPaths,
  type Requester,
  type RequestVariant,
  readMember,
  requestVariants,
} from '@cognito-m2m/claim-schema';
import {
  clientText,
  type FoundPool,
  findPools,
  type NamedClient,
  readListing,
} from '../deployment/find-pools.ts';
import { completePool } from '../deployment/owners-clients.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError, unknownName } from '../frame/errors.ts';
import { parseClaimText } from '../frame/input.ts';
import { renderTable } from '../frame/table.ts';
import type { Style } from '../frame/terminal.ts';
import { claimText, showableValue } from '../frame/text.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { claimRulesOf, predictToken } from '../prediction/client-records.ts';
import { labelOf } from '../prediction/token-diff.ts';

/** Input of `m2m who`. */
interface WhoInput {
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
  const member = findMember(contract, name);
  if (member === undefined && !Object.hasOwn(contract, name)) {
    const known = [...Object.keys(contract), ...listMemberPaths(contract)];
    throw new CliError('ERR_ARGUMENT_INVALID', unknownName('claim', name, known));
  }
  const path = { name, claim: member?.claim ?? name, members: member?.members ?? [] };
  if (position === -1) return path;
  const value = parseClaimText(contract, name, text.slice(position + 1));
  if (value !== undefined) return { ...path, value };
  const type = member?.rules?.type ?? contract[name]?.type;
  throw new CliError(
    'ERR_ARGUMENT_INVALID',
    `${name}: got another string, expected a value of type ${type}.`,
  );
}

async function findCarriers(
  context: CommandContext,
  { declared: file, deployed }: FoundPool,
  wanted: WantedClaim,
): Promise<CarrierJson[]> {
  const listing = await readListing(context, deployed);
  const { pool: declared } = await completePool(context, file);
  const clientsByName = new Map(declared.clients.map((client) => [client.name, client]));
  const now = toEpochSeconds(context.clock());
  const rules = claimRulesOf(context.environment);
  return [...listing.clients.values()].flatMap(({ clientId, baseline, override }) => {
    // An override lies on top of a baseline; by itself it brings no claim.
    if (baseline === undefined) return [];
    const layers = { baseline, override, settings: listing.settings };
    const client = baseline.clientName;
    const { scopes = [], clientId: theirs } = clientsByName.get(client) ?? {};
    const onBehalfOf = baseline.claimsFromToken?.issuer.name ?? null;
    const isExisting = theirs !== undefined;
    const place = { pool: declared.name, client, clientId, isExisting, onBehalfOf };
    return findClaim({ layers, requester: { clientId, scopes, baseline }, wanted, now, rules }).map(
      (found) => ({ ...place, ...found }),
    );
  });
}

/** One client that carries the claim, with one of its values. */
interface CarrierJson extends NamedClient {
  /** The issuer of the users on whose behalf the client acts; `null` for none. */
  readonly onBehalfOf: string | null;
  readonly value: ClaimValue;
  readonly layer: ClaimLayer;
  /** The first kind of request for which it does; absent if every token of the client carries it. */
  readonly when?: string | undefined;
}

/** The answer of `m2m who --json`. */
export interface WhoJson {
  readonly environment: string;
  readonly target: string;
  readonly claim: string;
  readonly carriers: readonly CarrierJson[];
}

/** What to look for. */
interface WantedClaim {
  /** As it was given: a claim, or a member of an object claim. */
  readonly name: string;
  readonly claim: string;
  /** The names of the members on the way; none for the claim itself. */
  readonly members: readonly string[];
  /** @default any value */
  readonly value?: ClaimValue;
}

/** One client, and the claim to look for in its tokens. */
interface ClaimSearch {
  readonly layers: ClaimLayers;
  readonly requester: Requester;
  readonly wanted: WantedClaim;
  /** Epoch seconds. */
  readonly now: number;
  readonly rules: ClaimRules;
}

/** The claim in one token. */
interface FoundValue {
  readonly label: string;
  readonly value: ClaimValue;
  readonly layer: ClaimLayer;
}

type FoundClaim = Pick<CarrierJson, 'value' | 'layer' | 'when'>;

/** Finds a claim in the tokens of one client: once for each value and layer, with the first request that brings it. */
function findClaim(search: ClaimSearch): FoundClaim[] {
  const tokens = requestVariants(search.requester).flatMap((variant) => resolve(search, variant));
  const found = tokens.flatMap((token) => token.found);
  const isFirst = (claim: FoundValue, index: number) =>
    found.findIndex((other) => isSame(other, claim)) === index;
  return found.filter(isFirst).map((claim) => {
    const { label, value, layer } = claim;
    const isAlways = found.filter((other) => isSame(other, claim)).length === tokens.length;
    const shown = showableValue(search.wanted.name, value);
    return { value: shown, layer, when: isAlways ? undefined : label };
  });
}

// No element for a request that gets no token; a token without the claim has found nothing.
function resolve(
  { layers, wanted, now, rules }: ClaimSearch,
  variant: RequestVariant,
): { readonly found: readonly FoundValue[] }[] {
  const resolution = predictToken(layers, variant.request, now, rules);
  if (resolution.outcome === 'deny') return [];
  const { claims, provenance } = resolution;
  const value = readMember(claims, [wanted.claim, ...wanted.members]);
  const type = claimTypeOf(value);
  if (type === undefined || !isOfClaimType(value, type)) return [{ found: [] }];
  if (!isWanted(value, wanted.value)) return [{ found: [] }];
  const layer = provenance[wanted.claim]?.layer ?? 'baseline';
  return [{ found: [{ label: labelOf(variant), value, layer }] }];
}

function isSame(first: FoundValue, second: FoundValue): boolean {
  return first.layer === second.layer && isDeepStrictEqual(first.value, second.value);
}

/** A list carries each of its members. */
function isWanted(value: ClaimValue, wanted: ClaimValue | undefined): boolean {
  if (wanted === undefined || isDeepStrictEqual(value, wanted)) return true;
  const [only, ...rest] = Array.isArray(wanted) ? wanted : [];
  return Array.isArray(value) && only !== undefined && rest.length === 0 && value.includes(only);
}

/** Marks a client whose token names a user of an issuer, as `m2m list` does. */
function whenText({ when = 'every token', onBehalfOf }: CarrierJson): string {
  return onBehalfOf === null ? when : `${when} for users of ${onBehalfOf}`;
}

/** The clients as a table. */
function renderWho({ claim, carriers }: WhoJson, style: Style): string {
  if (carriers.length === 0) return 'No client has this claim.';
  return renderTable(
    carriers,
    [
      { title: 'POOL', text: ({ pool }) => pool },
      { title: 'CLIENT', text: clientText },
      { title: 'VALUE', isWrapped: true, text: ({ value }) => claimText(claim, value) },
      { title: 'LAYER', dropOrder: 1, text: ({ layer }) => layer },
      { title: 'WHEN', isWrapped: true, text: whenText },
    ],
    style,
  );
}
