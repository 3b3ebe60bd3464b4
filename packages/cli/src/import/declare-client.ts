import {
  type BaselineRecord,
  type Claims,
  type Contract,
  checkClaims,
  findSecret,
  formatFault,
} from '@cognito-m2m/claim-schema';
import { compareText } from '@cognito-m2m/claim-schema/values';
import type { ClientInput } from '@cognito-m2m/environment';
import { tokenLifetime } from '../deployment/owners-clients.ts';
import {
  type Declared,
  filled,
  type ImportNote,
  isFilled,
  type NoteText,
  type Place,
  when,
} from './import-note.ts';
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

/** Declares what a deploy wrote about a client, or else its ID. */
export function declareDescription({
  place,
  client,
  text,
}: Pick<ClientSource, 'place' | 'client' | 'text'>): Declared<string> {
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
export function declareRecord({
  baseline,
  contract,
  place,
  knownScopes,
}: Pick<ClientSource, 'baseline' | 'contract' | 'place' | 'knownScopes'>): Declared<RecordFields> {
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
  if (client.ClientType === 'DCR') {
    return {
      what: 'The client registered itself.',
      why: 'Its settings belong to whoever registered it, and it has no secret that could be rotated.',
    };
  }
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

/** The one sign-in flow that our clients keep; it does nothing without a user's token. */
const HARMLESS_AUTH_FLOW = 'ALLOW_REFRESH_TOKEN_AUTH';
const DEFAULT_REFRESH_DAYS = 30;
const DEFAULT_SESSION_MINUTES = 3;

const DEPLOYED_OTHERWISE = 'Every client is deployed alike in this respect.';
const CHANGED = 'The first deploy changes it.';
const USERS_ONLY = 'It only matters to users, and nobody signs in through a client for machines.';
const KEPT = 'It stays as it is, outside the file.';

/** Names every setting of a client for machines that environment files do not hold. */
function clientSettingNotes(client: ClientDescription, place: Place): ImportNote[] {
  const notes = [...changedSettings(client), ...keptSettings(client)];
  return notes.map((note) => ({ place, ...note }));
}

/** Settings that our construct fixes: the first deploy changes them. */
function changedSettings(client: ClientDescription): NoteText[] {
  const { ExplicitAuthFlows = [], PreventUserExistenceErrors: errors } = client;
  const { minutes, seconds } = tokenLifetime(client);
  const signIns = ExplicitAuthFlows.filter((flow) => flow !== HARMLESS_AUTH_FLOW);
  return [
    ...when(seconds !== minutes * 60, {
      what: `Access tokens live ${seconds} seconds.`,
      why: 'Environment files count whole minutes, from 5 to 1440.',
      outcome: `The file says ${minutes} minutes, and the first deploy sets that.`,
    }),
    ...when(signIns.length > 0, {
      what: `The client also takes ${signIns.join(', ')}.`,
      why: 'A client for machines offers no other way in.',
      outcome: 'The first deploy takes it away.',
    }),
    ...when(errors !== undefined && errors !== 'ENABLED', {
      what: 'The client tells unknown users apart (PreventUserExistenceErrors).',
      why: DEPLOYED_OTHERWISE,
      outcome: CHANGED,
    }),
    ...when(client.EnableTokenRevocation === false, {
      what: 'Token revocation is off.',
      why: DEPLOYED_OTHERWISE,
      outcome: CHANGED,
    }),
  ];
}

/** Settings that nothing of ours names: Terraform leaves them as they are. */
function keptSettings(client: ClientDescription): NoteText[] {
  const settings: readonly (readonly [string, boolean])[] = [
    ['a refresh-token lifetime', isOther(client.RefreshTokenValidity, DEFAULT_REFRESH_DAYS)],
    ['refresh-token rotation', client.RefreshTokenRotation?.Feature === 'ENABLED'],
    ['an ID-token lifetime', isOther(client.IdTokenValidity, undefined)],
    ['callback URLs', isFilled(client.CallbackURLs)],
    ['logout URLs', isFilled(client.LogoutURLs)],
    ['a default redirect URI', client.DefaultRedirectURI !== undefined],
    ['identity providers', isFilled(client.SupportedIdentityProviders)],
    ['readable attributes', isFilled(client.ReadAttributes)],
    ['writable attributes', isFilled(client.WriteAttributes)],
    ['analytics', client.AnalyticsConfiguration !== undefined],
    ['a sign-in session length', isOther(client.AuthSessionValidity, DEFAULT_SESSION_MINUTES)],
    ['additional user context', client.EnablePropagateAdditionalUserContextData === true],
  ];
  const found = settings.flatMap(([name, isThere]) => (isThere ? [name] : []));
  return when(found.length > 0, {
    what: `The client has settings for users: ${found.join(', ')}.`,
    why: USERS_ONLY,
    outcome: KEPT,
  });
}

/** Absent and 0 both mean the default. */
function isOther(value: number | undefined, usual: number | undefined): boolean {
  return value !== undefined && value !== 0 && value !== usual;
}

type Selectors = BaselineRecord['claimsFromMetadata'];

/**
 * Keeps the claims of a record that an environment file may hold, in the order of the contract.
 *
 * @param where - What the claims are, for the notes: "claim" or "claim of scope orders/write".
 */
export function declareClaims(
  claims: Claims,
  contract: Contract,
  place: Place,
  where: string,
): Declared<Claims> {
  const names = inContractOrder(Object.keys(claims), contract);
  const notes: ImportNote[] = [];
  const kept = names.flatMap((name) => {
    const value = claims[name];
    const problem = claimProblem(contract, name, value);
    if (value !== undefined && problem === undefined) return [[name, value] as const];
    notes.push(claimNote(place, `${where} "${name}"`, problem ?? 'has no value'));
    return [];
  });
  return { value: Object.fromEntries(kept), notes };
}

/** Keeps the selectors of a record whose claim and whose every allowed value an environment file may hold. */
function declareSelectors(
  selectors: Selectors,
  contract: Contract,
  place: Place,
): Declared<Selectors> {
  const notes: ImportNote[] = [];
  const kept = inContractOrder(Object.keys(selectors), contract).flatMap((name) => {
    const selector = selectors[name];
    if (selector === undefined) return [];
    const [problem] = selector.allow.flatMap((value) => claimProblem(contract, name, value) ?? []);
    if (problem === undefined) return [[name, selector] as const];
    notes.push(claimNote(place, `claim from metadata "${name}"`, problem));
    return [];
  });
  return { value: Object.fromEntries(kept), notes };
}

function claimProblem(contract: Contract, name: string, value: unknown): string | undefined {
  const secret = findSecret(name, value);
  if (secret !== undefined) return `looks like a secret (${secret})`;
  const [fault] = checkClaims(contract, { [name]: value }, '');
  return fault && formatFault(fault).slice(`${fault.path}: `.length);
}

function claimNote(place: Place, what: string, problem: string): ImportNote {
  return {
    place,
    what: `The ${what} ${problem}.`,
    why: 'Environment files may only contain contract claims, and never secrets.',
    outcome: 'It stays in the claims table until the first deploy removes it; m2m plan shows it.',
  };
}

function inContractOrder(names: readonly string[], contract: Contract): string[] {
  const order = Object.keys(contract);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names].sort(
    (first, second) => rank(first) - rank(second) || compareText(first, second),
  );
}
