import { type Claims, requiredMetadata, resolveClaims } from '@cognito-m2m/claim-schema';
import { mapConcurrently } from '@cognito-m2m/doctor';
import {
  type ActualToken,
  addedClaims,
  type ClaimDiff,
  compareToken,
} from '@cognito-m2m/doctor/token-comparison';
import { isTheirs } from '@cognito-m2m/environment';
import {
  type FoundClient,
  findPools,
  type NamedClient,
  nameClient,
  placeText,
  requireClient,
} from '../deployment/find-pools.ts';
import type { Command, CommandContext, CommandResult } from '../frame/command.ts';
import { CliError, EXIT_CODES } from '../frame/errors.ts';
import { pickScopes, readMetadata, type TokenRequestInput } from '../frame/input.ts';
import { reportError } from '../frame/report-error.ts';
import type { Style } from '../frame/terminal.ts';
import { claimText, plainText } from '../frame/text.ts';
import { toEpochSeconds, toIsoTime } from '../frame/time.ts';
import {
  claimRulesOf,
  layersOf,
  readClientRecords,
  showableClaims,
} from '../prediction/client-records.ts';
import { renderClaimDiffs, showableDiff } from '../prediction/token-diff.ts';
import { checkUserToken, renderUserToken, type UserTokenJson } from '../prediction/user-token.ts';
import {
  createTokenChecker,
  requestTokenOfNewDomain,
  type TokenChecker,
  type TokenRequest,
} from './request-token.ts';

/** Input of `m2m token`. */
export interface TokenInput extends TokenRequestInput {
  /** Both are needed, or `isAll`. */
  readonly poolName: string | undefined;
  readonly clientName: string | undefined;
  /** True for every client of the environment, or of the pool. */
  readonly isAll: boolean;
}

/** `m2m token`: gets real tokens, verifies them, compares them with what explain shows. */
export const token: Command<CommandContext, TokenInput> = async (context, input) => {
  if (input.isAll) {
    refuseChoices(input);
    return describe(context, await testAllTokens(context, input.poolName));
  }
  if (input.poolName === undefined || input.clientName === undefined) {
    const message = '<pool> and <client> are required, or --all.';
    throw new CliError('ERR_ARGUMENT_INVALID', message, { next: { m2m: 'token --all' } });
  }
  const found = await requireClient(context, input.poolName, input.clientName);
  const { deployed, clientName, clientId } = found;
  const allowed = await context.target.readScopes(deployed, clientName, clientId);
  const scopes = pickScopes(input.scopes, allowed, clientName);
  const request = { scopes, metadata: await readMetadata(input.metadata) };
  const checker = await createTokenChecker(context, deployed);
  return describe(context, [await testToken(context, found, request, checker)]);
};

/** Refuses what would choose among the tokens of `--all`, and so would be left out without a word. */
function refuseChoices({ clientName, scopes, metadata }: TokenInput): void {
  const chosen = [
    clientName !== undefined && '<client>',
    scopes.length > 0 && '--scope',
    metadata.length > 0 && '--metadata',
  ]
    .filter((choice) => choice !== false)
    .join(', ');
  if (chosen === '') return;
  const message = `--all cannot be combined with ${chosen}; it tests every client, with all scopes and the metadata that each must send.`;
  const next = `the same command without ${chosen}, or without --all`;
  throw new CliError('ERR_ARGUMENT_INVALID', message, { next });
}

function describe(
  { environment, target }: CommandContext,
  tokens: readonly TestedToken[],
): CommandResult {
  const isSame = tokens.every(({ result }) => result === 'same');
  const json: TokenTestJson = {
    environment: environment.name,
    target: target.label,
    isSame,
    tokens,
  };
  return {
    json,
    text: (style) => renderTokens(json, environment.trigger.cacheSeconds, style),
    exitCode: isSame ? EXIT_CODES.ok : EXIT_CODES.findings,
  };
}

/** One token in full, or one line for each of many and the differences of those that differ. */
export function renderTokens(
  { tokens }: TokenTestJson,
  cacheSeconds: number,
  style: Style,
): string {
  const [only, ...others] = tokens;
  const claims = only !== undefined && others.length === 0 ? renderClaims(only) : [];
  const lines = tokens.flatMap((token) => renderTestedToken(token, style));
  const sameCount = tokens.filter(({ result }) => result === 'same').length;
  const summary = `${sameCount} of ${tokens.length} as m2m explain shows.`;
  const isDifferent = tokens.some(({ result }) => result === 'different');
  const hint = `A change within the last ${cacheSeconds} s may not have reached the trigger yet.`;
  return [...claims, ...lines, summary, ...(isDifferent ? [hint] : [])].join('\n');
}

function renderClaims({ claims, scopes, expiresAt }: TestedToken): string[] {
  if (expiresAt === undefined) return [];
  const lines = Object.entries(claims).map(
    ([name, value]) => `  ${plainText(name)} ${claimText(name, value)}`,
  );
  return [...lines, `  scope ${scopes.join(' ')}`, `  valid until ${expiresAt}`];
}

/** One token: how it compares, in one line and those of its differences. */
export function renderTestedToken(token: TestedToken, style: Style): string[] {
  const { green, red } = style.colours;
  const mark = token.result === 'same' ? green('✓') : red('✗');
  const answer =
    token.token === 'issued' ? 'token verified' : `no token (${token.token ?? 'failed'})`;
  return [
    `${mark} ${placeText(token)}  ${answer}`,
    ...renderUserToken(token.userToken, style).map((line) => `    ${line}`),
    ...renderDifferences(token, style).map((line) => `    ${line}`),
  ];
}

function renderDifferences(token: TestedToken, style: Style): string[] {
  const { outcome, diff, missingScopes, extraScopes, error } = token;
  return [
    ...(outcome
      ? [`explain shows ${outcome.expected}, the endpoint answered ${outcome.actual}`]
      : []),
    ...(error
      ? [`${plainText(error.message)} (${error.code})`, `Next: ${plainText(error.next)}`]
      : []),
    ...renderClaimDiffs(diff, style),
    ...missingScopes.map((scope) => `- scope ${plainText(scope)}`),
    ...extraScopes.map((scope) => `+ scope ${plainText(scope)}`),
  ];
}

/**
 * Gets a real token as a client, verifies it, and compares it with what explain shows.
 *
 * @throws {CliError} If there is no secret, the endpoint cannot be reached, or the token does not verify.
 */
async function testToken(
  context: CommandContext,
  found: FoundClient,
  request: TokenRequest,
  checker: TokenChecker,
): Promise<TestedToken> {
  const { environment, target, clock } = context;
  const { deployed, clientName, clientId } = found;
  const credentials = await target.readCredentials(deployed.name, clientName);
  const answer = await requestTokenOfNewDomain(deployed.tokenEndpoint, credentials, request, {
    wait: context.wait,
    note: context.output.note,
  });
  // Read after the token: a change in between then shows as what the trigger had not seen yet.
  const layers = layersOf(await readClientRecords(context, found));
  const now = toEpochSeconds(clock());
  const userToken = await checkUserToken(context, layers.baseline, request.metadata, now);
  const asked = { clientId, ...request, token: userToken?.verdict };
  const rules = claimRulesOf(environment);
  const expected = resolveClaims(layers, asked, now, rules);
  const place = { ...nameClient(found), userToken: userToken?.json };
  if (!answer.isIssued) {
    return toTestedToken(place, { outcome: answer.code }, expected, request);
  }
  const { payload, scopes, expiresAt } = await checker.check(answer.accessToken, clientId);
  return {
    ...toTestedToken(place, { outcome: 'issued', payload, scopes }, expected, request),
    expiresAt: toIsoTime(expiresAt),
  };
}

function toTestedToken(
  place: NamedClient & Pick<TestedToken, 'userToken'>,
  actual: ActualToken,
  expected: ReturnType<typeof resolveClaims>,
  request: TokenRequest,
): TestedToken {
  const comparison = compareToken(expected, actual, request.scopes);
  const { isSame, claims, missingScopes, extraScopes, outcome } = comparison;
  return {
    ...place,
    result: isSame ? 'same' : 'different',
    token: actual.outcome,
    scopes: 'scopes' in actual ? actual.scopes : [],
    claims: 'payload' in actual ? showableClaims(addedClaims(actual.payload)) : {},
    diff: showableDiff(claims),
    missingScopes,
    extraScopes,
    outcome,
  };
}

/** Tokens asked for at once: far below the account's quota of 150 a second. */
const CONCURRENCY = 5;

/**
 * Tests a token of every client that the file declares, with all scopes and the metadata that it must send.
 *
 * A client that fails does not stop the others.
 *
 * @param poolName - One pool. @default all
 */
async function testAllTokens(
  context: CommandContext,
  poolName: string | undefined,
): Promise<TestedToken[]> {
  const pools = await findPools(context, poolName);
  const jobs = await Promise.all(
    pools.map(async ({ declared, deployed }) => {
      const checker = await createTokenChecker(context, deployed);
      return declared.clients.map((client) => ({
        pool: declared.name,
        client: client.name,
        clientId: '',
        isExisting: isTheirs(client),
        checker,
      }));
    }),
  );
  const progress = context.output.startProgress('Testing tokens', jobs.flat().length);
  const test = (job: Job) => testOne(context, job);
  return mapConcurrently(jobs.flat(), CONCURRENCY, test, progress.update).finally(progress.end);
}

/** A client that the file declares; its ID is empty until it is found. */
interface Job extends NamedClient {
  readonly checker: TokenChecker;
}

async function testOne(context: CommandContext, job: Job): Promise<TestedToken> {
  const { pool, client, checker } = job;
  return orFailed(context, job, async () => {
    const found = await requireClient(context, pool, client);
    return testToken(context, found, await largestAllowed(context, found), checker);
  });
}

/** Tests the token of one client with all its scopes; what goes wrong is in the result. */
export function testLargestToken(
  context: CommandContext,
  found: FoundClient,
): Promise<TestedToken> {
  return orFailed(context, nameClient(found), async () => {
    const checker = await createTokenChecker(context, found.deployed);
    return testToken(context, found, await largestAllowed(context, found), checker);
  });
}

async function orFailed(
  { commandLine }: CommandContext,
  { pool, client, clientId, isExisting }: NamedClient,
  test: () => Promise<TestedToken>,
): Promise<TestedToken> {
  try {
    return await test();
  } catch (error) {
    const run = { helpCommand: 'm2m token --help', commandLine };
    const { exitCode, ...report } = reportError(error, run);
    if (exitCode === EXIT_CODES.bug) throw error;
    const place = { pool, client, clientId, isExisting };
    return { ...EMPTY, ...place, result: 'failed', error: report };
  }
}

const EMPTY = { scopes: [], claims: {}, diff: [], missingScopes: [], extraScopes: [] };

async function largestAllowed(context: CommandContext, found: FoundClient) {
  const { baseline } = await readClientRecords(context, found);
  const metadata = requiredMetadata(baseline);
  const hasMetadata = Object.keys(metadata).length > 0;
  const { client, deployed, clientName, clientId } = found;
  // The scopes of an app client of another owner are in no file.
  const scopes =
    client !== undefined && isTheirs(client)
      ? await context.target.readScopes(deployed, clientName, clientId)
      : (client?.scopes ?? []);
  return { scopes, metadata: hasMetadata ? metadata : undefined };
}

/** One real token, compared. */
export interface TestedToken extends NamedClient {
  /** `same`: as explain shows it. `different`: see the differences. `failed`: see the error. */
  readonly result: 'same' | 'different' | 'failed';
  /** `issued`, or the code of the denial. */
  readonly token?: string;
  /** What the verification of the user's token came to, if one was sent. */
  readonly userToken?: UserTokenJson | undefined;
  readonly scopes: readonly string[];
  /** The claims that the trigger added. */
  readonly claims: Claims;
  readonly expiresAt?: string;
  /** `before` is what explain shows, `after` what the token holds. */
  readonly diff: readonly ClaimDiff[];
  readonly missingScopes: readonly string[];
  readonly extraScopes: readonly string[];
  /** What each side says, only if one is a token and the other is not, or the codes differ. */
  readonly outcome?: { readonly expected: string; readonly actual: string } | undefined;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    /** The command to run next. */
    readonly next: string;
  };
}

/** The answer of `m2m token --json`. */
interface TokenTestJson {
  readonly environment: string;
  readonly target: string;
  /** True if every token is as explain shows it; then the exit code is 0, else 2. */
  readonly isSame: boolean;
  readonly tokens: readonly TestedToken[];
}
