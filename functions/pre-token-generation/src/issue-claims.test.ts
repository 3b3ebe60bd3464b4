import { expect, test } from '@jest/globals';
import { aMachineEvent } from '../test/machine-event.ts';
import { createTestClock } from '../test/test-clock.ts';
import { createTestTokens } from '../test/trigger.ts';
import { createClaimsResolver } from './claims-resolver.ts';
import { createIssueClaims } from './issue-claims.ts';

test('a fault of our own in the source is not taken for a fault of the table', async () => {
  const fault = new TypeError('Bug.');
  const clock = createTestClock(0);
  const issueClaims = createIssueClaims({
    source: { read: () => Promise.reject(fault) },
    resolve: createClaimsResolver({ contract: {}, sizeBudgetBytes: 2 }),
    tokens: createTestTokens(clock),
    clock,
  });

  const trace = { startedMs: 0, requestId: undefined };
  await expect(issueClaims(aMachineEvent(), { trace })).rejects.toBe(fault);
});
