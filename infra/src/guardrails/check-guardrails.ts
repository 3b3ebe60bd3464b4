import { InfraError } from '../errors.ts';
import { deletionProtection, encryption } from './data-rules.ts';
import type { GuardedStack, Guardrail } from './guardrail.ts';
import { noExposedSecret, secretReaders } from './no-exposed-secret.ts';
import { noWildcards } from './no-wildcards.ts';
import { functionTimeout, logRetention, tags } from './operations-rules.ts';
import {
  clientCredentialsOnly,
  invokePermission,
  nothingOfTheOwner,
  triggerVersion,
} from './user-pool-rules.ts';

/** All guardrails. */
const GUARDRAILS: readonly Guardrail[] = [
  noWildcards,
  encryption,
  deletionProtection,
  triggerVersion,
  invokePermission,
  nothingOfTheOwner,
  logRetention,
  noExposedSecret,
  secretReaders,
  clientCredentialsOnly,
  functionTimeout,
  tags,
];

/**
 * Checks synthesized stacks against every guardrail, before anything is written.
 *
 * The constructs follow all of them; this guards against a changed construct.
 *
 * @throws {InfraError} `ERR_INFRA_GUARDRAILS_BROKEN` with every violation at once.
 */
export function checkGuardrails(stacks: readonly GuardedStack[]): void {
  const lines = stacks.flatMap((stack) =>
    GUARDRAILS.flatMap((guardrail) =>
      guardrail
        .check(stack)
        .map(({ where, problem }) => `  - ${stack.name}: ${guardrail.name}: ${where} ${problem}`),
    ),
  );
  if (lines.length === 0) return;
  const count = `${lines.length} ${lines.length === 1 ? 'violation' : 'violations'}`;
  const message = [`The guardrails refuse these stacks: ${count}.`, ...lines].join('\n');
  throw new InfraError('ERR_INFRA_GUARDRAILS_BROKEN', message);
}
