import type { ClaimType, ClaimValue } from './claim-value.ts';
import type { ClaimDefinition, Contract } from './contract-definition.ts';
import type { TokenSelector, TokenVerdict } from './token-selector.ts';

/** What a subject of a user takes: a UUID in Amazon Cognito, less than this elsewhere. */
const SUPPOSED_TEXT = '(from the user token)'.padEnd(64, '.');

const SUPPOSED_VALUES: { readonly [type in ClaimType]: ClaimValue } = {
  string: SUPPOSED_TEXT,
  number: Number.MAX_SAFE_INTEGER,
  boolean: false,
  'string[]': [SUPPOSED_TEXT],
  'number[]': [Number.MAX_SAFE_INTEGER],
  'boolean[]': [false],
  object: {},
};

/**
 * Makes a verified user token with values of the contract's types: what a user's token holds is not known before.
 *
 * For whoever has to say what a client's token looks like without a user: the checks of a file, `plan`, `list`.
 */
export function supposeToken({ claims }: TokenSelector, contract: Contract): TokenVerdict {
  const values = Object.keys(claims).map((name) => [name, supposeValue(contract[name])] as const);
  return { outcome: 'verified', ageSeconds: 0, claims: Object.fromEntries(values) };
}

function supposeValue(definition: ClaimDefinition | undefined): unknown {
  const { type = 'string', values } = definition ?? {};
  if (values === undefined) return SUPPOSED_VALUES[type];
  return type.endsWith('[]') ? values : values[0];
}
