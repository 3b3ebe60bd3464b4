import { type BaselineRecord, type Contract, findSecret } from '@cognito-m2m/claim-schema';
import type { ClientInput } from '@cognito-m2m/environment';
import { clientSettingNotes, tokenLifetime } from './client-setting-notes.ts';
import { declareClaims, declareSelectors } from './declare-claims.ts';
import { type Declared, filled, type ImportNote, type Place } from './import-note.ts';
import type { ClientDescription } from './pool-description.ts';

/** What a client is declared from. */
interface ClientSource {
  readonly place: Place;
  readonly client: ClientDescription;
  /** Scopes that a resource server declares, of those that the client may ask for. */
  readonly scopes: readonly string[];
  /** All scopes of the pool. */
  readonly knownScopes: ReadonlySet<string>;
  readonly baseline?: BaselineRecord | undefined;
  /** What the deploy wrote of it. */
  readonly text?: string | undefined;
  readonly poolOwner: string;
  readonly contract: Contract;
}

/** Declares one client for machines, with what the claims table says of it. */
export function declareClient(source: ClientSource): Declared<ClientInput> {
  const { client, scopes, baseline, poolOwner } = source;
  const description = declareDescription(source);
  const claims = declareRecord(source);
  const { minutes } = tokenLifetime(client);
  return {
    value: {
      description: description.value,
      ...filled({ owner: baseline?.owner === poolOwner ? undefined : baseline?.owner }),
      scopes,
      accessTokenMinutes: minutes,
      ...claims.value,
    },
    notes: [
      ...description.notes,
      ...scopeNotes(source),
      ...clientSettingNotes(client, source.place),
      ...claims.notes,
    ],
  };
}

function declareDescription({ place, client, text }: ClientSource): Declared<string> {
  const fallback = `Imported app client ${client.ClientId}`;
  if (text === undefined) return { value: fallback, notes: [] };
  if (findSecret('', text) === undefined) return { value: text, notes: [] };
  const note = {
    place,
    what: 'The description looks like a secret.',
    why: 'No secret is written to a file.',
    outcome: 'The file says another description, and the first deploy writes that.',
  };
  return { value: fallback, notes: [note] };
}

type RecordFields = Pick<
  ClientInput,
  | 'claims'
  | 'claimsByScope'
  | 'claimsFromMetadata'
  | 'suppressClaims'
  | 'addScopes'
  | 'suppressScopes'
>;

/** What the record of a client says, each field only if there is something in it. */
function declareRecord({
  baseline,
  contract,
  place,
  knownScopes,
}: ClientSource): Declared<RecordFields> {
  if (baseline === undefined) return { value: {}, notes: [] };
  const claims = declareClaims(baseline.claims, contract, place, 'claim');
  const scoped = Object.entries(baseline.claimsByScope)
    .filter(([scope]) => knownScopes.has(scope))
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(([scope, own]) => ({
      scope,
      ...declareClaims(own, contract, place, `claim of scope ${scope}`),
    }));
  const byScope = Object.fromEntries(scoped.map(({ scope, value }) => [scope, value]));
  const selectors = declareSelectors(baseline.claimsFromMetadata, contract, place);
  return {
    value: filled({
      claims: claims.value,
      claimsByScope: byScope,
      claimsFromMetadata: shorten(selectors.value),
      suppressClaims: baseline.suppressClaims,
      addScopes: baseline.addScopes.filter((scope) => knownScopes.has(scope)),
      suppressScopes: baseline.suppressScopes.filter((scope) => knownScopes.has(scope)),
    }),
    notes: [...claims.notes, ...scoped.flatMap(({ notes }) => notes), ...selectors.notes],
  };
}

/** `required: false` is the default, and nobody writes it. */
function shorten(selectors: BaselineRecord['claimsFromMetadata']) {
  return Object.fromEntries(
    Object.entries(selectors).map(([name, { key, allow, required }]) => [
      name,
      required ? { key, allow, required } : { key, allow },
    ]),
  );
}

/** Names every scope that the client or its record has and no resource server declares. */
function scopeNotes({ place, client, scopes, knownScopes, baseline }: ClientSource): ImportNote[] {
  const named = [
    ...(client.AllowedOAuthScopes ?? []).filter((scope) => !scopes.includes(scope)),
    ...Object.keys(baseline?.claimsByScope ?? {}),
    ...(baseline?.addScopes ?? []),
    ...(baseline?.suppressScopes ?? []),
  ];
  const unknown = [...new Set(named)].filter((scope) => !knownScopes.has(scope)).sort();
  if (unknown.length === 0) return [];
  return [
    {
      place,
      what: `The client has scopes that no resource server of the pool knows: ${unknown.join(', ')}.`,
      why: 'Environment files only contain scopes of declared resource servers.',
      outcome: 'The file leaves them out, and the first deploy removes them from the client.',
    },
  ];
}

const MACHINE_FLOW = 'client_credentials';

/** Why a client has no place in an environment file. */
interface Undeclarable {
  readonly what: string;
  readonly why: string;
}

/**
 * Says why a client cannot be declared, or `undefined`. None of these gets a token for machines now.
 *
 * @param scopes - Those of the client that a resource server declares.
 */
export function whyUndeclarable(
  client: ClientDescription,
  scopes: readonly string[],
): Undeclarable | undefined {
  const { AllowedOAuthFlows: flows = [], AllowedOAuthFlowsUserPoolClient: isOAuth } = client;
  const userFlows = flows.filter((flow) => flow !== MACHINE_FLOW);
  if (userFlows.length > 0) {
    return {
      what: `The client uses the flow ${userFlows.join(', ')}.`,
      why: 'That flow signs users in; environment files only contain clients for machines.',
    };
  }
  if (isOAuth !== true || !flows.includes(MACHINE_FLOW)) {
    return {
      what: 'The client may not use client_credentials.',
      why: 'Environment files only contain clients of that flow.',
    };
  }
  if (!client.hasSecret) {
    return { what: 'The client has no secret.', why: 'Without one it gets no token.' };
  }
  if (scopes.length > 0) return undefined;
  return {
    what: 'The client has no scope of a resource server of the pool.',
    why: 'Without one it gets no token.',
  };
}
