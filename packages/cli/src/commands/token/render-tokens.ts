import { claimText } from '../../output/claim-text.ts';
import { plainText } from '../../output/plain-text.ts';
import type { Style } from '../../output/style.ts';
import { renderClaimDiffs } from '../../tokens/token-diff.ts';
import type { TestedToken, TokenTestJson } from './token-json.ts';

/** One token in full, or one line for each of many and the differences of those that differ. */
export function renderTokens(
  { tokens }: TokenTestJson,
  cacheSeconds: number,
  style: Style,
): string {
  const [only, ...others] = tokens;
  const claims = only !== undefined && others.length === 0 ? renderClaims(only) : [];
  const lines = tokens.flatMap((token) => renderToken(token, style));
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

function renderToken(token: TestedToken, style: Style): string[] {
  const { green, red } = style.colours;
  const mark = token.result === 'same' ? green('✓') : red('✗');
  const answer =
    token.token === 'issued' ? 'token verified' : `no token (${token.token ?? 'failed'})`;
  return [
    `${mark} ${token.pool} / ${token.client}  ${answer}`,
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
