import type { Claims, ClaimType, JsonObject } from './claim-value.ts';

/** What a value may be: its type, and limits that only some types take. */
export interface ValueRules {
  /** The type of the value. */
  readonly type: ClaimType;
  /** For strings, numbers and lists of them: the only values allowed; for a list, the only elements. @default any value of the type */
  readonly values?: readonly (string | number)[];
  /** For numbers and lists of them: the smallest number. @default no limit */
  readonly min?: number;
  /** For numbers and lists of them: the largest number. @default no limit */
  readonly max?: number;
  /** For numbers and lists of them: true for whole numbers only. @default false */
  readonly integer?: boolean;
  /**
   * For strings and lists of them: an ECMAScript regular expression with the flag `u` that the whole string matches.
   *
   * @default any string
   */
  readonly pattern?: string;
  /** For strings and lists of them: the most characters (Unicode code points). @default no limit */
  readonly maxLength?: number;
  /** For lists: the fewest elements. @default 0 */
  readonly minItems?: number;
  /** For lists: the most elements. @default no limit */
  readonly maxItems?: number;
  /** For objects: the members by name; no record may set another one. @default any member */
  readonly members?: { readonly [memberName: string]: MemberDefinition };
}

/** One member of an object claim. */
export interface MemberDefinition extends ValueRules {
  /** One sentence for the people who read the claim. */
  readonly description?: string;
  /** True if every such object has the member. @default false */
  readonly required?: boolean;
}

/** One claim of the contract. */
export interface ClaimDefinition extends ValueRules {
  /** One sentence for the people who read the claim. */
  readonly description: string;
  /**
   * True if every token must carry the claim; a list if every token of these pools must. A client without it gets no token.
   *
   * @default false
   */
  readonly required?: boolean | readonly string[];
  /** True if API Gateway's authorizers pass the claim on unchanged (a string without leading or trailing spaces). @default false */
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

declare const isVerified: unique symbol;

/**
 * A value that the trigger took from a verified token of a user.
 *
 * Every such value is a `T`; a `T` from anywhere else is not such a value. A function that must not act for a made-up user asks
 * for `Verified<string>`.
 */
export type Verified<T> = T & { readonly [isVerified]: true };

/** The TypeScript type of a value under rules. */
export type ClaimValueOf<D extends ValueRules> = D extends { readonly verified: true }
  ? Verified<PlainValueOf<D>>
  : PlainValueOf<D>;

type PlainValueOf<D extends ValueRules> = D extends {
  readonly values: readonly (infer V)[];
}
  ? D['type'] extends `${string}[]`
    ? readonly V[]
    : V
  : D extends { readonly type: 'object'; readonly members: infer M extends Members }
    ? ObjectOf<M>
    : ValueTypes[D['type']];

type Members = { readonly [memberName: string]: MemberDefinition };

type ObjectOf<M extends Members> = {
  readonly [N in RequiredNames<M>]: ClaimValueOf<M[N]>;
} & { readonly [N in Exclude<keyof M, RequiredNames<M>>]?: ClaimValueOf<M[N]> };

type RequiredNames<C extends { readonly [name: string]: ValueRules }> = {
  [N in keyof C]: C[N] extends { readonly required: true } ? N : never;
}[keyof C];

/** The claims of a token of any pool under contract `C`: claims that every pool requires are present, the others optional. */
export type ClaimsOf<C extends Contract> = {
  readonly [N in RequiredNames<C>]: ClaimValueOf<C[N]>;
} & { readonly [N in Exclude<keyof C, RequiredNames<C>>]?: ClaimValueOf<C[N]> };

/** The claims that one layer may declare under contract `C`: any part of them. */
export type PartialClaimsOf<C extends Contract> = string extends keyof C
  ? Claims
  : { readonly [N in Exclude<keyof C, VerifiedNames<C>>]?: ClaimValueOf<C[N]> };

/** The claims of contract `C` that only a verified token of a user can fill. */
export type VerifiedNames<C extends Contract> = {
  [N in keyof C]: C[N] extends { readonly verified: true } ? N : never;
}[keyof C];

/**
 * Declares a contract and keeps its literal types.
 *
 * @param definitions - Claim definitions by claim name.
 * @returns The same object, frozen.
 */
export function defineContract<const C extends Contract>(definitions: C): C {
  return Object.freeze(definitions);
}

/** The contract's definition of a claim, own properties only. */
export function definitionOf(contract: Contract, name: string): ClaimDefinition | undefined {
  return Object.hasOwn(contract, name) ? contract[name] : undefined;
}

/** The names of the claims that every token of a pool must carry. */
export function requiredClaimNames(contract: Contract, poolName: string | undefined): string[] {
  return Object.keys(contract).filter((name) => {
    const { required = false } = contract[name] ?? {};
    return typeof required === 'boolean'
      ? required
      : poolName !== undefined && required.includes(poolName);
  });
}
