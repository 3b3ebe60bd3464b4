import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import type { PartialEnvironment } from '../environment-schema.ts';
import { type PartialPool, presentEntries } from './rule.ts';

/** What the names of one kind have to look like. */
interface NameRule {
  readonly pattern: RegExp;
  readonly expected: string;
}

/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TAG_KEY: NameRule = {
  pattern: /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
  expected: '1 to 128 letters, digits, spaces or _.:/=+-@, not beginning with "aws:"',
};

/** It is part of the names of stacks, parameters and secrets. */
const POOL: NameRule = {
  pattern: /^[a-z][a-z0-9-]{0,39}$/,
  expected: '1 to 40 lower-case letters, digits or hyphens',
};

/** Narrower than Amazon Cognito, because the name is part of a parameter path and a secret's name. */
const CLIENT: NameRule = {
  pattern: /^[A-Za-z0-9][\w.-]{0,127}$/,
  expected: '1 to 128 letters, digits or ._-, the first a letter or digit',
};

/** It is in log lines. */
const TOKEN_ISSUER: NameRule = {
  pattern: /^[a-z][a-z0-9-]{0,39}$/,
  expected: '1 to 40 lower-case letters, digits or hyphens',
};

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html */
const RESOURCE_SERVER: NameRule = {
  // `aws.cognito` is Amazon Cognito's own, such as the scope `aws.cognito/dcr/register`.
  pattern: /^(?!aws\.cognito)[\x21\x23-\x5b\x5d-\x7e]{1,256}$/i,
  expected:
    '1 to 256 ASCII characters without spaces, quotes or backslashes, not beginning with "aws.cognito"',
};

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html */
const SCOPE: NameRule = {
  pattern: /^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/,
  expected: '1 to 256 ASCII characters without spaces, quotes, slashes or backslashes',
};

/** Names that AWS or a deploy can't take; what stands below a bad one is checked like all else. */
export function checkNames({ tags, pools }: PartialEnvironment): Fault[] {
  return [
    ...checkKeys(tags, TAG_KEY, 'tags'),
    ...checkKeys(pools, POOL, 'pools'),
    ...presentEntries(pools).flatMap(([name, pool]) => checkNamesOf(pool, joinPath('pools', name))),
  ];
}

function checkNamesOf(
  { resourceServers, tokenIssuers, clients }: PartialPool,
  path: string,
): Fault[] {
  const serversPath = joinPath(path, 'resourceServers');
  return [
    ...checkKeys(resourceServers, RESOURCE_SERVER, serversPath),
    ...presentEntries(resourceServers).flatMap(([identifier, { scopes }]) =>
      checkKeys(scopes, SCOPE, joinPath(joinPath(serversPath, identifier), 'scopes')),
    ),
    ...checkKeys(tokenIssuers, TOKEN_ISSUER, joinPath(path, 'tokenIssuers')),
    ...checkKeys(clients, CLIENT, joinPath(path, 'clients')),
  ];
}

function checkKeys(named: object | undefined, { pattern, expected }: NameRule, path: string) {
  return Object.keys(named ?? {})
    .filter((name) => !pattern.test(name))
    .map((name): Fault => ({ path: joinPath(path, name), problem: 'bad name', expected }));
}
