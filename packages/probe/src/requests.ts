import { INSTRUCTION_KEY, type Instruction, type TokenChanges } from './instructions.ts';

/** The pool and the clients that are asked, and how to reach them. */
export interface ProbeTarget {
  readonly region: string;
  readonly userPoolId: string;
  readonly tokenEndpoint: string;
  /** The address of the user pools API, such as `https://cognito-idp.eu-central-1.amazonaws.com`. */
  readonly apiEndpoint: string;
  /** May use the token endpoint and `GetClientToken`. */
  readonly client: ProbeClient;
  /** May use the token endpoint only. */
  readonly plainClient: ProbeClient;
  /** The scopes of both clients in the order in which they are declared: neither alphabetical nor the order of the requests. */
  readonly scopes: readonly [string, string, string];
}

/** Credentials of one app client. */
export interface ProbeClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One HTTP request of a probe. */
export interface ProbeRequest {
  readonly name: string;
  readonly via: 'token-endpoint' | 'GetClientToken';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** A client id that no pool has. */
const UNKNOWN_CLIENT_ID = 'probeunknownclient00000000';

/** A secret of the right form that no client has. */
const WRONG_SECRET = 'probewrongsecret000000000000';

/** More changes than the quota of 5,000. */
const TOO_MANY_CHANGES = 5001;

/** What a refusing trigger says: recognised again wherever the answer quotes it. */
export const REFUSAL = 'Probe refusal. (ERR_PROBE)';

/** Lists every request that needs no change of the pool, in the order in which they are sent. */
export function listRequests(target: ProbeTarget): readonly ProbeRequest[] {
  return [...tokenRequests(target), ...clientTokenRequests(target)];
}

/** The request that shows if credentials in a `Basic` header must be URL-encoded: the secret holds a plus sign. */
export function rawBasicRequest(target: ProbeTarget, clientSecret: string): ProbeRequest {
  return tokenRequest(
    target,
    'basic-raw',
    {},
    { basic: `${target.client.clientId}:${clientSecret}` },
  );
}

function tokenRequests(target: ProbeTarget): ProbeRequest[] {
  const ask: Ask = (name, instruction) =>
    tokenRequest(target, name, { aws_client_metadata: JSON.stringify(toMetadata(instruction)) });
  return [
    ...parameterRequests(target),
    ...claimRequests(target, ask),
    ...scopeRequests(target, ask),
    ...answerRequests(ask),
  ];
}

/** Makes the request that has the trigger obey an instruction. */
type Ask = (name: string, instruction: Instruction) => ProbeRequest;

function parameterRequests(target: ProbeTarget): ProbeRequest[] {
  const { client, scopes } = target;
  const [first, second, third] = scopes;
  const ask = (name: string, parameters: { readonly [name: string]: string }) =>
    tokenRequest(target, name, parameters);
  const twice = [
    ['scope', first],
    ['scope', second],
  ] as const;
  const encoded = `${client.clientId}:${encodeURIComponent(client.clientSecret)}`;
  return [
    ask('plain', {}),
    ask('scope-order', { scope: `${second} ${first} ${third}` }),
    tokenRequest(target, 'scope-twice', {}, { append: twice }),
    ask('scope-empty', { scope: '' }),
    ask('scope-forbidden', { scope: 'probe-forbidden/read' }),
    ask('metadata-malformed', { aws_client_metadata: '{' }),
    tokenRequest(target, 'basic-and-client-id', { client_id: client.clientId }, { basic: encoded }),
    tokenRequest(target, 'query-string', {}, { isQuery: true }),
    ask('wrong-secret', { client_secret: WRONG_SECRET }),
    ask('unknown-client', { client_id: UNKNOWN_CLIENT_ID }),
    ask('no-grant-type', { grant_type: '' }),
    ask('refresh-token', { grant_type: 'refresh_token' }),
    ask('unknown-grant-type', { grant_type: 'probe' }),
  ];
}

function claimRequests({ client }: ProbeTarget, ask: Ask): ProbeRequest[] {
  const add = (name: string, claims: { readonly [claim: string]: unknown }) =>
    ask(name, { do: 'change', changes: { claimsToAddOrOverride: claims } });
  return [
    add('claim', { probe_claim: 'x' }),
    add('claim-types', {
      probe_string: 'é',
      probe_number: 1.5,
      probe_boolean: true,
      probe_list: ['a', 'b'],
      probe_object: { b: 1, a: { c: true } },
    }),
    add('claim-null', { probe_claim: null }),
    add('claim-nested-list', { probe_claim: [['x']] }),
    add('claim-reserved', { token_use: 'probe', probe_claim: 'x' }),
    add('claim-own-audience', { aud: client.clientId }),
    add('claim-other-audience', { aud: 'probe' }),
    ask('claim-added-and-suppressed', {
      do: 'change',
      changes: {
        claimsToAddOrOverride: { probe_claim: 'x' },
        claimsToSuppress: ['probe_claim'],
      },
    }),
    ask('too-many-changes', { do: 'add-claims', count: TOO_MANY_CHANGES }),
    ask('large-claim', { do: 'add-bytes', bytes: 1_000_000 }),
  ];
}

function scopeRequests({ scopes }: ProbeTarget, ask: Ask): ProbeRequest[] {
  const change = (name: string, changes: TokenChanges) => ask(name, { do: 'change', changes });
  const undeclared = ['probe-undeclared/read'];
  return [
    change('scope-added', { scopesToAdd: undeclared }),
    change('scope-with-space', { scopesToAdd: ['probe a'] }),
    change('scope-added-and-suppressed', { scopesToAdd: undeclared, scopesToSuppress: undeclared }),
    change('scopes-suppressed', { scopesToSuppress: scopes }),
  ];
}

function answerRequests(ask: Ask): ProbeRequest[] {
  return [
    ask('answer-junk', { do: 'answer', answer: 'probe' }),
    ask('answer-null', { do: 'answer', answer: null }),
    ask('fields-left-out', { do: 'leave-out', fields: ['version', 'region'] }),
    ask('refusal', { do: 'throw', message: REFUSAL }),
    ask('hang', { do: 'hang' }),
  ];
}

function clientTokenRequests(target: ProbeTarget): ProbeRequest[] {
  const ask = (name: string, instruction: Instruction) =>
    clientTokenRequest(target, name, { ClientMetadata: toMetadata(instruction) });
  return [
    clientTokenRequest(target, 'api-plain'),
    clientTokenRequest(target, 'api-unknown-client', { ClientId: UNKNOWN_CLIENT_ID }),
    clientTokenRequest(target, 'api-wrong-secret', { Secret: WRONG_SECRET }),
    clientTokenRequest(target, 'api-forbidden-scope', { Scopes: ['probe-forbidden/read'] }),
    clientTokenRequest(target, 'api-flow-missing', {
      ClientId: target.plainClient.clientId,
      Secret: target.plainClient.clientSecret,
    }),
    ask('api-refusal', { do: 'throw', message: REFUSAL }),
    ask('api-answer-junk', { do: 'answer', answer: 'probe' }),
    ask('api-hang', { do: 'hang' }),
  ];
}

interface TokenRequestParts {
  /** Credentials of a `Basic` header, as they go into base64; without it they are in the body. */
  readonly basic?: string;
  /** Further parameters, for those that occur twice. */
  readonly append?: readonly (readonly [string, string])[];
  /** True to send the parameters in the query string. */
  readonly isQuery?: boolean;
}

function tokenRequest(
  { tokenEndpoint, client }: ProbeTarget,
  name: string,
  parameters: { readonly [name: string]: string } = {},
  { basic, append = [], isQuery = false }: TokenRequestParts = {},
): ProbeRequest {
  const credentials =
    basic === undefined
      ? { client_id: client.clientId, client_secret: client.clientSecret }
      : undefined;
  const all = { grant_type: 'client_credentials', ...credentials, ...parameters };
  // An empty grant type stands for none: an empty parameter is a question of its own.
  const form = new URLSearchParams(
    Object.entries(all).filter(([key, value]) => key !== 'grant_type' || value !== ''),
  );
  for (const [key, value] of append) form.append(key, value);
  const authorization = basic === undefined ? undefined : `Basic ${btoa(basic)}`;
  return {
    name,
    via: 'token-endpoint',
    url: isQuery ? `${tokenEndpoint}?${form}` : tokenEndpoint,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? undefined : { authorization }),
    },
    body: isQuery ? '' : form.toString(),
  };
}

function clientTokenRequest(
  { apiEndpoint, client }: ProbeTarget,
  name: string,
  input: { readonly [member: string]: unknown } = {},
): ProbeRequest {
  return {
    name,
    via: 'GetClientToken',
    url: apiEndpoint,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken',
    },
    body: JSON.stringify({ ClientId: client.clientId, Secret: client.clientSecret, ...input }),
  };
}

/** Writes an instruction as the value of `aws_client_metadata`. */
function toMetadata(instruction: Instruction): { readonly [key: string]: string } {
  return { [INSTRUCTION_KEY]: JSON.stringify(instruction) };
}
