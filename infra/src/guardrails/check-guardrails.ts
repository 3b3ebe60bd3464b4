import { InfraError } from '../errors.ts';
import { clientCredentialsOnly } from './client-credentials-only.ts';
import { deletionProtection } from './deletion-protection.ts';
import { encryption } from './encryption.ts';
import { functionTimeout } from './function-timeout.ts';
import type { GuardedStack, Guardrail } from './guardrail.ts';
import { invokePermission } from './invoke-permission.ts';
import { logRetention } from './log-retention.ts';
import { noExposedSecret } from './no-exposed-secret.ts';
import { noWildcards } from './no-wildcards.ts';
import { tags } from './tags.ts';
import { triggerVersion } from './trigger-version.ts';

/** All guardrails. */
const GUARDRAILS: readonly Guardrail[] = [
  noWildcards,
  encryption,
  deletionProtection,
  triggerVersion,
  invokePermission,
  logRetention,
  noExposedSecret,
  clientCredentialsOnly,
  functionTimeout,
  tags,
];

/**
 * Checks synthesized stacks against every guardrail, before anything is written.
 *
 * The constructs keep all of them; this is for the day when someone changes a construct.
 *
 * @throws {InfraError} `ERR_INFRA_GUARDRAILS_BROKEN` with every finding at once.
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
  const count = `${lines.length} ${lines.length === 1 ? 'finding' : 'findings'}`;
  const message = [`The guardrails refuse these stacks, with ${count}:`, ...lines].join('\n');
  throw new InfraError('ERR_INFRA_GUARDRAILS_BROKEN', message);
}
