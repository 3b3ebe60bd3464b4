import type { Command, CommandContext, CommandResult } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import { requireClient } from '../../find-pools.ts';
import { parseMetadata, pickScopes, type TokenRequestInput } from '../../input/request.ts';
import { testToken } from '../../token/test-token.ts';
import { createTokenChecker } from '../../token/verify-token.ts';
import { renderTokens } from './render-tokens.ts';
import { testAllTokens } from './test-all-tokens.ts';
import type { TestedToken, TokenTestJson } from './token-json.ts';

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
    const message = 'Which client? Expected <pool> <client>, or --all.';
    throw new CliError('ERR_ARGUMENT_INVALID', message, { next: { m2m: 'token --all' } });
  }
  const found = await requireClient(context, input.poolName, input.clientName);
  const { deployed, clientName, clientId } = found;
  const allowed = await context.target.readScopes(deployed, clientName, clientId);
  const scopes = pickScopes(input.scopes, allowed, clientName);
  const request = { scopes, metadata: parseMetadata(input.metadata) };
  const checker = await createTokenChecker(context, deployed);
  return describe(context, [await testToken(context, found, request, checker)]);
};

/** Refuses what would choose among the tokens of `--all`, and so would be left out without a word. */
function refuseChoices({ clientName, scopes, metadata }: TokenInput): void {
  const chosen = [
    ...(clientName === undefined ? [] : ['<client>']),
    ...(scopes.length === 0 ? [] : ['--scope']),
    ...(metadata.length === 0 ? [] : ['--metadata']),
  ].join(', ');
  if (chosen === '') return;
  const message = `--all goes without ${chosen}: it asks for every client, with all scopes and the metadata that each must send.`;
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
