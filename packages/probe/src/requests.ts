import { type Instruction, toMetadata } from './instructions.ts';

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
  /** True for a request that waits for Amazon Cognito to give up on the trigger. */
  readonly isSlow: boolean;
}

/** A client id that no pool has. */
const UNKNOWN_CLIENT_ID = 'probeunknownclient00000000';

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
  const { client, scopes } = target;
  const [first, second, third] = scopes;
  const ask = (name: string, instruction: Instruction) =>
    tokenRequest(target, name, { aws_client_metadata: JSON.stringify(toMetadata(instruction)) });
  const change = (name: string, changes: (Instruction & { do: 'change' })['changes']) =>
    ask(name, { do: 'change', changes });
  return [
    tokenRequest(target, 'plain'),
    tokenRequest(target, 'scope-order', { scope: `${second} ${first} ${third}` }),
    tokenRequest(
      target,
      'scope-twice',
      {},
      {
        append: [
          ['scope', first],
          ['scope', second],
        ],
      },
    ),
    tokenRequest(target, 'scope-empty', { scope: '' }),
    tokenRequest(target, 'scope-forbidden', { scope: 'probe-forbidden/read' }),
    tokenRequest(target, 'metadata-malformed', { aws_client_metadata: '{' }),
    tokenRequest(
      target,
      'basic-and-client-id',
      { client_id: client.clientId },
      {
        basic: `${client.clientId}:${encodeURIComponent(client.clientSecret)}`,
      },
    ),
    tokenRequest(target, 'query-string', {}, { isQuery: true }),
    tokenRequest(target, 'wrong-secret', { client_secret: 'probewrongsecret000000000000' }),
    tokenRequest(target, 'unknown-client', { client_id: UNKNOWN_CLIENT_ID }),
    tokenRequest(target, 'no-grant-type', { grant_type: '' }),
    tokenRequest(target, 'refresh-token', { grant_type: 'refresh_token' }),
    tokenRequest(target, 'unknown-grant-type', { grant_type: 'probe' }),
    change('claim', { claimsToAddOrOverride: { probe_claim: 'x' } }),
    change('claim-types', {
      claimsToAddOrOverride: {
        probe_string: 'é',
        probe_number: 1.5,
        probe_big_number: 9007199254740993n.toString(),
        probe_boolean: true,
        probe_list: ['a', 'b'],
        probe_object: { b: 1, a: { c: true } },
      },
    }),
    change('claim-null', { claimsToAddOrOverride: { probe_claim: null } }),
    change('claim-nested-list', { claimsToAddOrOverride: { probe_claim: [['x']] } }),
    change('claim-reserved', { claimsToAddOrOverride: { token_use: 'probe', probe_claim: 'x' } }),
    change('claim-own-audience', { claimsToAddOrOverride: { aud: client.clientId } }),
    change('claim-other-audience', { claimsToAddOrOverride: { aud: 'probe' } }),
    change('claim-added-and-suppressed', {
      claimsToAddOrOverride: { probe_claim: 'x' },
      claimsToSuppress: ['probe_claim'],
    }),
    change('scope-added', { scopesToAdd: ['probe-undeclared/read'] }),
    change('scope-with-space', { scopesToAdd: ['probe a'] }),
    change('scope-added-and-suppressed', {
      scopesToAdd: ['probe-undeclared/read'],
      scopesToSuppress: ['probe-undeclared/read'],
    }),
    change('scopes-suppressed', { scopesToSuppress: [...scopes] }),
    ask('too-many-changes', { do: 'add-claims', count: TOO_MANY_CHANGES }),
    ask('large-claim', { do: 'add-bytes', bytes: 1_000_000 }),
    ask('answer-junk', { do: 'answer', answer: 'probe' }),
    ask('answer-null', { do: 'answer', answer: null }),
    ask('fields-left-out', { do: 'leave-out', fields: ['version', 'region'] }),
    ask('refusal', { do: 'throw', message: REFUSAL }),
    { ...ask('hang', { do: 'hang' }), isSlow: true },
  ];
}

function clientTokenRequests(target: ProbeTarget): ProbeRequest[] {
  const ask = (name: string, instruction: Instruction) =>
    clientTokenRequest(target, name, { ClientMetadata: toMetadata(instruction) });
  return [
    clientTokenRequest(target, 'api-plain'),
    clientTokenRequest(target, 'api-unknown-client', { ClientId: UNKNOWN_CLIENT_ID }),
    clientTokenRequest(target, 'api-wrong-secret', { Secret: 'probewrongsecret000000000000' }),
    clientTokenRequest(target, 'api-forbidden-scope', { Scopes: ['probe-forbidden/read'] }),
    clientTokenRequest(target, 'api-flow-missing', {
      ClientId: target.plainClient.clientId,
      Secret: target.plainClient.clientSecret,
    }),
    ask('api-refusal', { do: 'throw', message: REFUSAL }),
    ask('api-answer-junk', { do: 'answer', answer: 'probe' }),
    { ...ask('api-hang', { do: 'hang' }), isSlow: true },
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
    isSlow: false,
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
    isSlow: false,
  };
}
