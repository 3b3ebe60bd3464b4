import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  type ExplicitAuthFlowsType,
  UpdateUserPoolClientCommand,
  UpdateUserPoolClientRequest$,
} from '@aws-sdk/client-cognito-identity-provider';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import { keepUpdatable } from '@cognito-m2m/doctor';
import {
  estimateProbe,
  measurementFileName,
  ProbeError,
  type ProbeTarget,
  type Reading,
  runProbe,
} from '@cognito-m2m/probe';
import { findPools, requireClient } from '../deployment/find-pools.ts';
import { readEndpointUrl } from '../deployment/find-target.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { renderTable } from '../frame/table.ts';
import { ALWAYS_YES, type Style } from '../frame/terminal.ts';
import { count } from '../frame/text.ts';

/** Input of `m2m probe`. */
interface ProbeInput {
  /** Where the measurement goes. */
  readonly folder: string;
  /** True to send the requests without asking. */
  readonly isConfirmed: boolean;
}

/** The answer of `--json`. */
export interface ProbeJson {
  readonly environment: string;
  readonly target: string;
  /** The file that was written; null when nothing was sent. */
  readonly file: string | null;
  readonly behaviours: { readonly [behaviour: string]: Reading };
}

/** `m2m probe`: measures a probe pool. */
export const probe: Command<CommandContext, ProbeInput> = async (context, input) => {
  const { environment, target, output, clock, prompt } = context;
  const { probeTarget, cognito } = await findProbeTarget(context);
  const cost = costText(context, probeTarget);
  if (input.isConfirmed) output.note(cost);
  const asker = input.isConfirmed ? ALWAYS_YES : prompt;
  const isAgreed = await asker.confirm(cost, 'Send the requests?');
  const head = { environment: environment.name, target: target.label };
  if (!isAgreed) {
    const json: ProbeJson = { ...head, file: null, behaviours: {} };
    return { json, text: () => 'Nothing was sent.' };
  }
  const file = await prepareFile(input.folder, environment.region, clock());
  const progress = output.startProgress('Probing');
  const restore = await allowClientToken(cognito, probeTarget);
  const measurement = await runProbe(probeTarget, {
    cognito,
    fetch,
    clock: () => performance.now(),
    wait: context.wait,
    date: toDate(clock()),
    onRequest: (_name, position, total) => progress.update(position, total),
  })
    .catch((error: unknown) => {
      throw error instanceof ProbeError ? notReady(context, error) : error;
    })
    .finally(async () => {
      progress.end();
      await restore();
    });
  await writeWhole(file, `${JSON.stringify(measurement, null, 2)}\n`);
  const json: ProbeJson = { ...head, file, behaviours: measurement.behaviours };
  return { json, text: (style) => renderProbe(json, style) };
};

/** The measured pool, by its place in the environment file: its first client asks, its second one may use no `GetClientToken`. */
async function findProbeTarget(context: CommandContext): Promise<{
  readonly probeTarget: ProbeTarget;
  readonly cognito: CognitoIdentityProviderClient;
}> {
  const { environment, target } = context;
  if (!environment.isProbe) {
    const message = `Environment "${environment.name}" is not a probe environment: its trigger does not do what a probe asks. Expected probe: true in its file.`;
    throw new CliError('ERR_ARGUMENT_INVALID', message, { next: 'm2m probe --env trial-probe' });
  }
  const [pool] = await findPools(context, undefined);
  const [first, second] = pool?.declared.clients ?? [];
  const scopes = first?.scopes ?? [];
  const [a, b, c] = scopes;
  const tokenEndpoint = pool?.deployed.tokenEndpoint;
  if (
    !pool ||
    tokenEndpoint === undefined ||
    !first ||
    !second ||
    a === undefined ||
    b === undefined ||
    c === undefined
  ) {
    const message = `The first pool of environment "${environment.name}" cannot be probed: expected two clients, the first with three scopes.`;
    throw new CliError('ERR_ARGUMENT_INVALID', message, { next: 'm2m probe --help' });
  }
  const { cognito } = await target.openSecretClients();
  const credentialsOf = async (clientName: string) => {
    await requireClient(context, pool.declared.name, clientName);
    return target.readCredentials(pool.declared.name, clientName);
  };
  return {
    cognito,
    probeTarget: {
      region: environment.region,
      userPoolId: pool.deployed.userPoolId,
      tokenEndpoint,
      apiEndpoint: await apiEndpointOf(cognito, context),
      client: await credentialsOf(first.name),
      plainClient: await credentialsOf(second.name),
      scopes: [a, b, c],
    },
  };
}

/** The address of the user pools API: the one that the SDK client uses, since `GetClientToken` is sent without the SDK. */
async function apiEndpointOf(
  { config }: CognitoIdentityProviderClient,
  { environment, variables, target }: CommandContext,
): Promise<string> {
  const own = target.kind === 'local' ? await config.endpoint?.() : undefined;
  if (own !== undefined) return `${own.protocol}//${own.hostname}:${own.port}`;
  const parameters = { Region: environment.region, UseFIPS: false, UseDualStack: false };
  return readEndpointUrl(variables) ?? config.endpointProvider(parameters).url.href;
}

function costText({ environment, target }: CommandContext, probeTarget: ProbeTarget): string {
  const { requests, dollars } = estimateProbe(probeTarget);
  return [
    `Environment ${environment.name}, ${target.label}`,
    `${count(requests, 'token request')}, at most 5 per second: about $${dollars.toFixed(2)} on AWS.`,
    'Two of them wait until Amazon Cognito gives up on the trigger.',
  ].join('\n');
}

function notReady({ commandLine }: CommandContext, cause: ProbeError): CliError {
  return new CliError(cause.code, cause.message, {
    cause,
    next: `the same command in some minutes, because a new domain takes a while; then ${commandLine('doctor')}`,
  });
}

/** Makes sure that the file can be written before anything is paid for. */
async function prepareFile(folder: string, region: string, nowMs: number): Promise<string> {
  const file = join(folder, measurementFileName({ date: toDate(nowMs), region }));
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const code = propertyOf(cause, 'code') ?? 'unknown';
    throw new CliError('ERR_FILE_UNWRITABLE', `${file} cannot be written: ${code}.`, {
      cause,
      next: 'the same command with --out <folder>',
    });
  }
  return file;
}

/** Writes a file that is there whole or not at all: local Cognito takes what is in the folder for a measurement. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** The date of a time, ISO 8601, UTC. */
function toDate(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}

function renderProbe({ environment, file, behaviours }: ProbeJson, style: Style): string {
  const rows = Object.entries(behaviours);
  const found = rows.filter(([, { outcome }]) => outcome === 'found').length;
  const table = renderTable(
    rows,
    [
      { title: 'BEHAVIOUR', text: ([name]) => name },
      { title: 'FOUND', text: ([, reading]) => readingText(reading), isWrapped: true },
    ],
    style,
  );
  return [
    table,
    '',
    `${found} of ${count(rows.length, 'behaviour')} found. Written to ${file}.`,
    `Next: npx -y pnpm@12 cdktf destroy '${environment}-*'`,
  ].join('\n');
}

function readingText(reading: Reading): string {
  if (reading.outcome === 'found') return String(reading.value);
  return reading.outcome === 'could-not-tell'
    ? `could not tell: ${reading.reason}`
    : `unknown answer: ${reading.shown}`;
}

/** The flow of `GetClientToken`, which the SDK's enumeration and the Terraform provider do not know. */
const CLIENT_TOKEN_AUTH = 'ALLOW_CLIENT_TOKEN_AUTH' as ExplicitAuthFlowsType;

/**
 * Lets the first client of a probe use `GetClientToken`, and keeps all its other settings.
 *
 * @returns What puts the client's settings back.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
 */
export async function allowClientToken(
  cognito: Pick<CognitoIdentityProviderClient, 'send'>,
  { userPoolId, client }: ProbeTarget,
): Promise<() => Promise<void>> {
  const ids = { UserPoolId: userPoolId, ClientId: client.clientId };
  const { UserPoolClient = {} } = await cognito.send(new DescribeUserPoolClientCommand(ids));
  const flows = UserPoolClient.ExplicitAuthFlows ?? [];
  if (flows.includes(CLIENT_TOKEN_AUTH)) return async () => {};
  // `UpdateUserPoolClient` resets what a request leaves out.
  const kept = { ...keepUpdatable(UpdateUserPoolClientRequest$, UserPoolClient), ...ids };
  // The documentation allows the flow as the only one.
  await cognito.send(
    new UpdateUserPoolClientCommand({ ...kept, ExplicitAuthFlows: [CLIENT_TOKEN_AUTH] }),
  );
  return async () => {
    await cognito.send(new UpdateUserPoolClientCommand({ ...kept, ExplicitAuthFlows: flows }));
  };
}
