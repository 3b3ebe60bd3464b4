import { requireClient } from '../deployment/find-pools.ts';
import type { Command, CommandContext, CommandResult } from '../frame/command.ts';
import { CliError, EXIT_CODES } from '../frame/errors.ts';
import { pickScopes, readMetadata, type TokenRequestInput } from '../frame/input/token-request.ts';
import type { Style } from '../frame/output/style.ts';
import { claimText, plainText } from '../frame/output/text.ts';
import { renderClaimDiffs } from '../prediction/token-diff.ts';
import { renderUserToken } from '../prediction/user-token.ts';
import { type TestedToken, type TokenTestJson, testAllTokens, testToken } from './test-token.ts';
import { createTokenChecker } from './verify-token.ts';

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
    `${mark} ${token.pool} / ${token.client}  ${answer}`,
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
