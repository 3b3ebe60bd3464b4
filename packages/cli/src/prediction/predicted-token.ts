import {
  type Claims,
  type ClaimValue,
  DENIAL_MESSAGES,
  type Resolution,
} from '@cognito-m2m/claim-schema';
import { grantedScopes } from '@cognito-m2m/doctor/token-comparison';
import { showableValue } from '../frame/output/text.ts';

/** A token that would be issued, or the denial in its place, in the JSON of every command. */
export interface TokenJson {
  /** `issued`, or the code of the denial. */
  readonly token: string;
  /** Of a denial: the sentence that the caller reads. */
  readonly message?: string;
  /** Of a denial: the claim or the metadata key concerned. */
  readonly subject?: string | undefined;
  /** Added claims; a value that looks like a secret is hidden. */
  readonly claims: Claims;
  readonly scopes: readonly string[];
  /** Names of claims that are taken out. */
  readonly suppressed: readonly string[];
  readonly sizeBytes: number;
}

/** Describes a resolution. @param asked - The scopes that the request asks for. */
export function toTokenJson(resolution: Resolution, asked: readonly string[]): TokenJson {
  if (resolution.outcome === 'issue') {
    const { claims, suppress, sizeBytes } = resolution;
    const scopes = grantedScopes(asked, resolution);
    return {
      token: 'issued',
      claims: showableClaims(claims),
      scopes,
      suppressed: suppress,
      sizeBytes,
    };
  }
  const { code, subject } = resolution;
  return {
    token: code,
    message: DENIAL_MESSAGES[code],
    subject,
    claims: {},
    scopes: [],
    suppressed: [],
    sizeBytes: 0,
  };
}

/** The claims as they may be shown. */
export function showableClaims(claims: Claims): Claims {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]): [string, ClaimValue] => [
      name,
      showableValue(name, value),
    ]),
  );
}
