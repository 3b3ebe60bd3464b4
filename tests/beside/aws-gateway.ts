import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type CallOutcome, startTriggerProcess } from '../lambda-runtime/start-trigger-process.ts';
import { createDiscoveryDocuments, type DiscoveryDocuments } from '../support/discovery.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import type { Opened } from '../support/opened.ts';
import { forwardRequest, startServer } from '../support/server.ts';
import type { DeployTools } from '../support/tools.ts';
import { inOrder, startUserFunctions, type UserFunctions } from './user-functions.ts';

/** The name of our function, and of its role and policy. */
export const TRIGGER_NAME = 'm2m-trial-pre-token-generation';

/** A local AWS API whose functions run: ours is the built bundle with the variables that the deploy gave it. */
export interface RunningAws extends Omit<LocalAws, 'close'> {
  readonly userFunctions: UserFunctions;
  /** Invokes a function as Amazon Cognito does. @param functionArn - With its alias, if it has one. */
  invoke(functionArn: string, event: object): Promise<CallOutcome>;
  readonly discovery: DiscoveryDocuments;
  /** The operations that were answered since the last look, in order. */
  takeCalls(): string[];
}

/** One sandbox of our function. */
interface Sandbox {
  call(event: object): Promise<CallOutcome>;
  close(): Promise<void>;
}

/** Whoever signs with this key is our function: AWS Lambda gives it the credentials of its role. */
const TRIGGER_KEY = 'trigger';

/** Starts moto, and in front of it what moto does not do: it invokes functions. */
export async function startRunningAws(tools: DeployTools, opened: Opened): Promise<RunningAws> {
  const [moto, userFunctions] = await Promise.all([
    opened.add(startLocalAws(tools), (started) => started.close()),
    opened.add(startUserFunctions(), (started) => started.close()),
  ]);
  const iam = new IAMClient(moto.clientOptions);
  const lambda = new LambdaClient(moto.clientOptions);
  let calls: string[] = [];
  let sandbox: Promise<Sandbox> | undefined;

  const discovery = createDiscoveryDocuments(moto.clientOptions.region);
  const listening = startServer(async (request, response) => {
    if (discovery.answer(request, response)) return;
    const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1];
    if (invoked !== undefined) {
      await answerInvoke(decodeURIComponent(invoked), request, response);
      return;
    }
    const { status, headers, body } = await forwardRequest(moto.endpointUrl, request);
    // moto cannot list what another call adds at that moment: whoever asked asks again.
    if (status < 500) calls.push(operationOf(request));
    for (const [name, value] of headers) response.setHeader(name, value);
    response.writeHead(status).end(body);
  });
  const server = await opened.add(listening, (started) => started.close());

  async function answerInvoke(name: string, request: IncomingMessage, response: ServerResponse) {
    const isOfTrigger = request.headers.authorization?.includes(`Credential=${TRIGGER_KEY}/`);
    if (isOfTrigger === true && !(await mayInvoke(name))) {
      response.setHeader('x-amzn-errortype', 'AccessDeniedException');
      response.writeHead(403).end('{"Message":"not allowed"}');
      return;
    }
    const event = await text(request);
    const refusal = await findRefusal(request);
    if (refusal !== undefined) {
      response.setHeader('x-amzn-errortype', 'AccessDeniedException');
      response.writeHead(403).end(refusal);
      return;
    }
    const { body, error } = await invoke(name, JSON.parse(event));
    if (error !== undefined) response.setHeader('X-Amz-Function-Error', 'Unhandled');
    response.setHeader('X-Amz-Executed-Version', '1');
    response.end(body ?? JSON.stringify(error));
  }

  /** What moto answers if the policies of the caller do not allow the call; it does not invoke anything. */
  async function findRefusal({ url, headers }: IncomingMessage): Promise<string | undefined> {
    const { authorization = '' } = headers;
    const answer = await fetch(new URL(url ?? '', moto.endpointUrl), {
      method: 'POST',
      headers: { authorization, 'x-test-only-permissions': '1' },
      body: '{}',
    });
    return answer.status === 403 ? answer.text() : undefined;
  }

  /** What the policy of our function's role says. */
  async function mayInvoke(functionArn: string): Promise<boolean> {
    const get = new GetRolePolicyCommand({ RoleName: TRIGGER_NAME, PolicyName: TRIGGER_NAME });
    const { PolicyDocument = '' } = await iam.send(get);
    const { Statement }: { Statement: { Action: string[]; Resource: unknown }[] } = JSON.parse(
      decodeURIComponent(PolicyDocument),
    );
    return Statement.some(
      ({ Action, Resource }) =>
        Action.includes('lambda:InvokeFunction') && Resource === functionArn,
    );
  }

  async function invoke(name: string, event: object): Promise<CallOutcome> {
    if (!name.includes(TRIGGER_NAME)) return userFunctions.callDirectly(event);
    sandbox ??= opened.add(startTrigger(), (started) => started.close());
    return (await sandbox).call(event);
  }

  async function startTrigger(): Promise<Sandbox> {
    const get = new GetFunctionConfigurationCommand({ FunctionName: TRIGGER_NAME });
    const { Environment } = await lambda.send(get);
    const trigger = await startTriggerProcess({
      ...Environment?.Variables,
      // Tokens are compared right after what changes them.
      CLAIMS_CACHE_SECONDS: '0',
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: TRIGGER_KEY,
    });
    return { call: inOrder(trigger), close: () => trigger.close() };
  }

  return {
    endpointUrl: server.url,
    providerMirror: moto.providerMirror,
    env: { ...moto.env, AWS_ENDPOINT_URL: server.url },
    clientOptions: { ...moto.clientOptions, endpoint: server.url },
    userFunctions,
    discovery,
    invoke,
    takeCalls() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

/** Such as `DescribeUserPool`, or the method and the first words of the path. */
function operationOf({ headers, method, url = '/' }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.replace(/^.*\./, '');
  return `${method} ${url.split('?', 1)[0]?.split('/').slice(0, 3).join('/')}`;
}
