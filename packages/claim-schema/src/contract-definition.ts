import type { Claims, ClaimType, JsonObject } from './claim-value.ts';

/** One claim of the contract. */
export interface ClaimDefinition {
  /** The type of the claim's value. */
  readonly type: ClaimType;
  /** One sentence for the people who read the claim. */
  readonly description: string;
  /** The only values allowed; for an array type, the only elements. @default any value of the type */
  readonly values?: readonly (string | number)[];
  /** True if every token must carry the claim; a client without it gets no token. @default false */
  readonly required?: boolean;
  /** True if API Gateway's authorizers hand the claim on without loss (a string without blanks at its ends). @default false */
  readonly gatewaySafe?: boolean;
  /** True if only a verified token of a user can fill the claim: no other layer may. @default false */
  readonly verified?: boolean;
}

/** Claim definitions by claim name. */
export type Contract = { readonly [claimName: string]: ClaimDefinition };

interface ValueTypes {
  string: string;
  number: number;
  boolean: boolean;
  'string[]': readonly string[];
  'number[]': readonly number[];
  'boolean[]': readonly boolean[];
  object: JsonObject;
}

/** The TypeScript type of one claim's value. */
export type ClaimValueOf<D extends ClaimDefinition> = D extends {
  readonly values: readonly (infer V)[];
}
  ? D['type'] extends `${string}[]`
    ? readonly V[]
    : V
  : ValueTypes[D['type']];

type RequiredNames<C extends Contract> = {
  [N in keyof C]: C[N] extends { readonly required: true } ? N : never;
}[keyof C];

/** The claims of a token under contract `C`: required claims are present, the others optional. */
export type ClaimsOf<C extends Contract> = {
  readonly [N in RequiredNames<C>]: ClaimValueOf<C[N]>;
} & { readonly [N in Exclude<keyof C, RequiredNames<C>>]?: ClaimValueOf<C[N]> };

/** The claims that one layer may declare under contract `C`: any part of them. */
export type PartialClaimsOf<C extends Contract> = string extends keyof C
  ? Claims
  : { readonly [N in keyof C]?: ClaimValueOf<C[N]> };

/**
 * Declares a contract and keeps its literal types.
 *
 * @param definitions - Claim definitions by claim name.
 * @returns The same object, frozen.
 */
export function defineContract<const C extends Contract>(definitions: C): C {
  return Object.freeze(definitions);
}
