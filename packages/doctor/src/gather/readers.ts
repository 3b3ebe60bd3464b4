import {
  GetResourcePolicyCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { DeclaredPool } from '../deployment-view.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { OptionalReads } from './optional-reads.ts';

/** Most policies that are read at once: AWS Secrets Manager takes 50 such calls a second. */
const CALLS_AT_ONCE = 10;

/** Reads who may read the secret of each declared client; a client whose secret is not there, or not readable, is left out. */
export async function readSecretReaders(
  client: SecretsManagerClient,
  { name, clients }: DeclaredPool,
  secretName: (clientName: string) => string,
  reads: OptionalReads,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = await mapConcurrently(
    // The secret of a client that somebody else owns is theirs.
    clients.filter(({ clientId }) => clientId === undefined),
    CALLS_AT_ONCE,
    async (declared): Promise<[string, readonly string[]][]> => {
      const command = new GetResourcePolicyCommand({ SecretId: secretName(declared.name) });
      const answer = await reads.read(`policies of the secrets of ${name}`, client.send(command));
      if (answer === undefined) return [];
      const readers = listPrincipals(answer.ResourcePolicy, 'secretsmanager:GetSecretValue');
      return [[declared.name, readers]];
    },
    () => {},
  );
  return new Map(read.flat());
}

/**
 * Lists whom a policy allows an action.
 *
 * @param policy - As JSON; nobody is allowed without one.
 * @param isLookedAt - Chooses statements by their `Sid`. @default all
 * @returns ARNs, account IDs, unique IDs of principals that are gone, `*`, or services; each once.
 */
export function listPrincipals(
  policy: string | undefined,
  action: string,
  isLookedAt: (sid: string) => boolean = () => true,
): readonly string[] {
  const { Statement = [] }: { Statement?: Statement | Statement[] } = JSON.parse(policy ?? '{}');
  const principals = [Statement].flat().flatMap(({ Sid = '', Effect, Action = [], Principal }) => {
    const isAllowed = Effect === 'Allow' && [Action].flat().some((one) => covers(one, action));
    if (!isAllowed || !isLookedAt(Sid)) return [];
    return typeof Principal === 'string' ? [Principal] : Object.values(Principal ?? {}).flat();
  });
  return [...new Set(principals)];
}

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly Principal?: string | { readonly [kind: string]: string | string[] };
}

function covers(pattern: string, action: string): boolean {
  if (!pattern.includes('*')) return pattern === action;
  return action.startsWith(pattern.slice(0, pattern.indexOf('*')));
}
