import {
  AddUserPoolClientSecretCommand,
  type CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ProbeError } from './errors.ts';
import type { Measurement } from './measurement.ts';
import { type Exchange, eventOf, type Reading, readBehaviours } from './questions.ts';
import { listRequests, type ProbeRequest, type ProbeTarget, rawBasicRequest } from './requests.ts';

/** US dollars for one token request at the first tier. */
const DOLLARS_PER_REQUEST = 0.00225;

/** What a probe needs from outside. */
export interface ProbeOptions {
  /** Calls the user pools API with rights to change the secrets of the two clients. */
  readonly cognito: Pick<CognitoIdentityProviderClient, 'send'>;
  readonly fetch: typeof fetch;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** The date of the measurement, ISO 8601. */
  readonly date: string;
  /** Least time between two requests, in milliseconds. @default 200 */
  readonly pauseMs?: number;
  /** How long Amazon Cognito waits for the trigger, in milliseconds. @default 5000 */
  readonly triggerLimitMs?: number;
  /** Told before each request. */
  readonly onRequest?: (name: string, position: number, total: number) => void;
}

/** What a probe will cost. */
export function estimateProbe(target: ProbeTarget): {
  readonly requests: number;
  /** US dollars. */
  readonly dollars: number;
} {
  const requests = listRequests(target).length + 1;
  return { requests, dollars: requests * DOLLARS_PER_REQUEST };
}

/**
 * Asks a probe pool about every behaviour.
 *
 * Sends each request once, at most one in `pauseMs`. One that gets no answer is noted, and the others go on. Adds a second secret to the first client for one question and removes it again.
 *
 * @throws {ProbeError} `ERR_PROBE_NOT_READY` if not even the first request gets a token that the trigger made.
 */
export async function runProbe(target: ProbeTarget, options: ProbeOptions): Promise<Measurement> {
  const { pauseMs = 200, triggerLimitMs = 5000, wait, onRequest = () => {} } = options;
  const requests = listRequests(target);
  const exchanges: Exchange[] = [];
  const unanswered: Record<string, string> = {};
  const names = namesOf(target);
  const ask = async (request: ProbeRequest) => {
    const position = exchanges.length + Object.keys(unanswered).length + 1;
    onRequest(request.name, position, requests.length + 1);
    const answered = await exchange(request, options).catch(reasonOf);
    if (typeof answered === 'string') unanswered[request.name] = answered;
    else exchanges.push(answered);
    // The first request asks for nothing special.
    if (position === 1) assertReady(answered, names);
    await wait(pauseMs);
  };
  for (const request of requests) await ask(request);
  const describedSecret = await askWithSecondSecret(target, options, ask);
  const lastSecretException = await deleteOnlySecret(target, options);
  const behaviours = readBehaviours({
    exchanges: Object.fromEntries(exchanges.map((answered) => [answered.name, answered])),
    unanswered,
    describedSecret,
    lastSecretException,
    triggerLimitMs,
    scopes: target.scopes,
  });
  return {
    version: 1,
    date: options.date,
    region: target.region,
    behaviours: { ...behaviours },
    exchanges: exchanges.map((answered) => redact(answered, names)),
  };
}

/** Longer than Amazon Cognito calls a trigger that hangs, however often it tries. */
const TIMEOUT_MS = 60_000;

async function exchange(request: ProbeRequest, options: ProbeOptions): Promise<Exchange> {
  const { name, via, url, headers, body } = request;
  const startedAt = options.clock();
  const response = await options.fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  const elapsedMs = options.clock() - startedAt;
  return {
    name,
    via,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text,
    elapsedMs,
  };
}

/** What the system said about a request without an answer, such as `ECONNRESET`. */
function reasonOf(error: unknown): string {
  const { name, cause } = Object(error);
  return String(Object(cause).code ?? name);
}

/** Every request would be refused at a pool that has no trigger, or whose trigger may not be called: that says nothing. */
function assertReady(answered: Exchange | string, names: Record<string, string>): void {
  if (typeof answered === 'string') {
    throw new ProbeError(`the token endpoint does not answer (${answered})`);
  }
  if (eventOf(answered) !== undefined) return;
  const { status, payload, body } = redact(answered, names);
  const what = payload === null ? `body ${body.slice(0, 300)}` : 'a token without its event';
  throw new ProbeError(
    `the first answer is not a token that the probe's trigger made: status ${status}, ${what}`,
  );
}

/** A secret that a `Basic` header carries differently when it is URL-encoded: it holds a plus sign. */
const SECRET_WITH_PLUS = 'probe+secret+0123456789abcdefg';

async function askWithSecondSecret(
  target: ProbeTarget,
  { cognito }: ProbeOptions,
  ask: (request: ProbeRequest) => Promise<void>,
): Promise<Reading> {
  const { userPoolId, client } = target;
  const ids = { UserPoolId: userPoolId, ClientId: client.clientId };
  const added = await cognito.send(
    new AddUserPoolClientSecretCommand({ ...ids, ClientSecret: SECRET_WITH_PLUS }),
  );
  const secretId = added.ClientSecretDescriptor?.ClientSecretId;
  try {
    const { UserPoolClient } = await cognito.send(new DescribeUserPoolClientCommand(ids));
    await ask(rawBasicRequest(target, SECRET_WITH_PLUS));
    return readDescribedSecret(UserPoolClient?.ClientSecret, client.clientSecret);
  } finally {
    await cognito.send(new DeleteUserPoolClientSecretCommand({ ...ids, ClientSecretId: secretId }));
  }
}

function readDescribedSecret(shown: string | undefined, first: string): Reading {
  if (shown === first) return { outcome: 'found', value: 'oldest' };
  if (shown === SECRET_WITH_PLUS) return { outcome: 'found', value: 'newest' };
  const what = shown === undefined ? 'no secret' : 'a secret that is neither of the two';
  return { outcome: 'unknown', shown: what };
}

/** Tries on the client that is used for nothing else: if Amazon Cognito allows it, the client has no secret any more. */
async function deleteOnlySecret(target: ProbeTarget, { cognito }: ProbeOptions): Promise<Reading> {
  const ids = { UserPoolId: target.userPoolId, ClientId: target.plainClient.clientId };
  const { ClientSecrets = [] } = await cognito.send(new ListUserPoolClientSecretsCommand(ids));
  const [only, ...others] = ClientSecrets;
  if (only === undefined || others.length > 0) {
    return { outcome: 'could-not-tell', reason: `the client has ${ClientSecrets.length} secrets` };
  }
  try {
    await cognito.send(
      new DeleteUserPoolClientSecretCommand({ ...ids, ClientSecretId: only.ClientSecretId }),
    );
    return { outcome: 'unknown', shown: 'the secret was deleted' };
  } catch (error) {
    // The caller's rights and the quota say nothing about the operation.
    return error instanceof Error &&
      /^(?!AccessDenied|TooMany|Throttl).+Exception$/.test(error.name)
      ? { outcome: 'found', value: error.name }
      : { outcome: 'could-not-tell', reason: 'the call failed' };
  }
}

function namesOf(target: ProbeTarget): Record<string, string> {
  const { client, plainClient, userPoolId, tokenEndpoint, apiEndpoint } = target;
  return {
    [client.clientId]: '<client id>',
    [client.clientSecret]: '<client secret>',
    [plainClient.clientId]: '<second client id>',
    [plainClient.clientSecret]: '<second client secret>',
    [SECRET_WITH_PLUS]: '<second secret>',
    [userPoolId]: '<user pool id>',
    [new URL(tokenEndpoint).host]: '<domain>',
    [new URL(apiEndpoint).host]: '<api>',
  };
}

const TOKEN = /\beyJ[\w-]+\.([\w-]+)\.[\w-]+/g;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
const ACCOUNT_ID = /\b\d{12}\b/g;

/** What an exchange may say in a file that is committed: without ids, secrets, and signatures of tokens. */
interface RedactedExchange extends Exchange {
  /** The payload of the token in the answer, its members in their order; null without a token. */
  readonly payload: unknown;
}

/**
 * Replaces ids and secrets wherever an answer holds them.
 *
 * @param names - What replaces each id or secret, such as `{ '1example23456789': '<client id>' }`.
 */
export function redact(
  exchange: Exchange,
  names: { readonly [secret: string]: string },
): RedactedExchange {
  const replace = (text: string) => replaceAll(text, names);
  return {
    ...exchange,
    headers: Object.fromEntries(
      Object.entries(exchange.headers).map(([name, value]) => [name, replace(value)]),
    ),
    body: replace(exchange.body.replace(TOKEN, '<access token>')),
    elapsedMs: Math.round(exchange.elapsedMs),
    payload: payloadIn(exchange.body, replace),
  };
}

function payloadIn(body: string, replace: (text: string) => string): unknown {
  const [, payload] = new RegExp(TOKEN.source).exec(body) ?? [];
  if (payload === undefined) return null;
  const text = replace(Buffer.from(payload, 'base64url').toString());
  try {
    return JSON.parse(text);
  } catch {
    // What is not a token is shown as it is: the requests are paid for.
    return text;
  }
}

function replaceAll(text: string, names: { readonly [secret: string]: string }): string {
  // The longest first: one id may be a part of another text.
  const known = Object.keys(names).sort((a, b) => b.length - a.length);
  const named = known.reduce(
    (result, secret) => result.replaceAll(secret, names[secret] ?? ''),
    text,
  );
  return named.replace(UUID, '<uuid>').replace(ACCOUNT_ID, '<account id>');
}
