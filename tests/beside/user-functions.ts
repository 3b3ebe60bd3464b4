import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { RuntimeClient } from '../lambda-runtime/runtime-clients.ts';
import {
  type CallOutcome,
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** What the function for users' tokens does, by the name of the user. */
export type Behaviour = 'answer' | 'throw' | 'hang' | 'garbage' | 'large';

/** As the owner of a pool wrote it, for each of the three versions of the event: nothing in it knows of our trigger. */
const SOURCE = `
class NotAllowed extends Error {
  constructor() {
    super('This user may not enter.');
    this.name = 'NotAllowed';
  }
}

function responseOf(version, claims, { groupConfiguration }) {
  const changes = { claimsToAddOrOverride: claims, claimsToSuppress: ['email'] };
  const groupOverrideDetails = { ...groupConfiguration, groupsToOverride: ['readers', 'writers'] };
  if (version === '1') return { claimsOverrideDetails: { ...changes, groupOverrideDetails } };
  return {
    claimsAndScopeOverrideDetails: {
      idTokenGeneration: changes,
      accessTokenGeneration: { ...changes, scopesToAdd: ['shop/read'], scopesToSuppress: ['openid'] },
      groupOverrideDetails,
    },
  };
}

export async function handler(event) {
  if (event.userName === 'throw') throw new NotAllowed();
  if (event.userName === 'garbage') return ['no', { such: 'answer' }, 7, null, 'é\\u2028'];
  const claims = { tier: 'gold', seen: JSON.stringify(event) };
  if (event.userName === 'large') claims.padding = 'x'.repeat(1_000_000);
  return { ...event, response: responseOf(event.version, claims, event.request) };
}
`;

/** The functions of pools' owners, behind the Invoke operation of AWS Lambda. */
export interface UserFunctions extends TestServer {
  /** The ARNs that were invoked, in order. */
  readonly invoked: readonly string[];
  /** Calls the function as Amazon Cognito would if it were attached itself. */
  callDirectly(event: object): Promise<CallOutcome>;
  /** Makes the next invocation answer these bytes, as a function in another language may. */
  answerOnce(payload: string): void;
}

/** Starts the function in one of AWS's runtime clients. */
export async function startUserFunctions(client?: RuntimeClient): Promise<UserFunctions> {
  const folder = await mkdtemp(join(tmpdir(), 'm2m-user-function-'));
  const file = join(folder, 'index.mjs');
  await writeFile(file, SOURCE);
  const sandbox = await startTriggerProcess({}, client, pathToFileURL(file).href);
  const callDirectly = inOrder(sandbox);
  const invoked: string[] = [];
  let nextPayload: string | undefined;

  const server = await startServer(async (request, response) => {
    const [, arn = ''] = /functions\/(.+)\/invocations/.exec(request.url ?? '') ?? [];
    invoked.push(decodeURIComponent(arn));
    const event = (await json(request)) as { readonly userName?: unknown };
    if (nextPayload !== undefined) {
      response.end(nextPayload);
      nextPayload = undefined;
      return;
    }
    // AWS Lambda answers nothing until the function has.
    if (event.userName !== 'hang') respond(response, await callDirectly(event));
  });
  return {
    ...server,
    invoked,
    callDirectly,
    answerOnce: (payload) => {
      nextPayload = payload;
    },
    async close() {
      await Promise.all([server.close(), sandbox.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

/** One call after the other, as one sandbox of AWS Lambda takes them. */
export function inOrder(
  sandbox: Pick<TriggerProcess, 'call'>,
): (event: object) => Promise<CallOutcome> {
  let last: Promise<unknown> = Promise.resolve();
  return (event) => {
    const called = last.then(() => sandbox.call(event));
    last = called.catch(() => {});
    return called;
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseSyntax */
function respond(response: ServerResponse, { body, error }: CallOutcome): void {
  response.setHeader('X-Amz-Executed-Version', '1');
  if (error !== undefined) response.setHeader('X-Amz-Function-Error', 'Unhandled');
  response.end(body ?? JSON.stringify(error));
}
