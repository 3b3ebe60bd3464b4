import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from './run-checks.ts';
import { type Change, type Fact, factKey, reconcile, type Sighting } from './watch-facts.ts';

const NOW_MS = Date.UTC(2026, 5, 1, 12);
const MINUTE_MS = 60_000;
const POOLS = new Map([['payments', 'pool-1']]);

function aFinding(changes: Partial<Finding> = {}): Finding {
  return {
    check: 'trigger-attached',
    severity: 'error',
    subject: 'pool payments',
    what: 'No pre-token-generation trigger is attached.',
    why: 'Tokens carry no claims.',
    how: 'm2m doctor --fix --env prod attaches it again.',
    ...changes,
  };
}

function aChange(changes: Partial<Change> = {}): Change {
  return {
    id: 'e1',
    at: new Date(NOW_MS - 10_000).toISOString(),
    action: 'UpdateUserPool',
    who: 'arn:aws:iam::1:user/eve',
    from: '203.0.113.7',
    userPoolId: 'pool-1',
    clientId: undefined,
    ...changes,
  };
}

function seen(findings: readonly Finding[], changes: Partial<Sighting> = {}): Sighting {
  return {
    findings,
    changes: [],
    nowMs: NOW_MS,
    lastLookAt: new Date(NOW_MS - 5 * MINUTE_MS).toISOString(),
    isComplete: true,
    userPoolIds: POOLS,
    ...changes,
  };
}

describe('a fact', () => {
  test('a fact opens at the first look that finds it', () => {
    expect(reconcile([], seen([aFinding()]))).toMatchObject([
      {
        state: 'open',
        metric: 'TriggerDetached',
        since: '2026-06-01T12:00:00.000Z',
        isTold: false,
      },
    ]);
  });

  test('a fact stays the same fact while it lasts, whatever it says', () => {
    const [first] = reconcile([], seen([aFinding()]));
    if (first === undefined) throw new Error('a fact was found');
    const known = { ...first, isTold: true };

    const [fact, ...others] = reconcile([known], seen([aFinding({ what: 'Attached as V1_0.' })]));

    expect(fact).toMatchObject({ since: first.since, isTold: true, what: 'Attached as V1_0.' });
    expect(others).toEqual([]);
  });

  test('a fact is repaired at the first complete look without it', () => {
    const known = reconcile([], seen([aFinding()]));

    expect(reconcile(known, seen([], { isComplete: false }))).toMatchObject([{ state: 'open' }]);
    expect(reconcile(known, seen([]))).toMatchObject([{ state: 'repaired' }]);
  });

  test.each([
    [2 * MINUTE_MS - 1, 'settling'],
    [2 * MINUTE_MS, 'open'],
  ])('a fact that a deploy may cause is %i ms later %s', (laterMs, state) => {
    const finding = aFinding({ check: 'trigger-code', subject: 'trigger t' });
    const known = reconcile([], seen([finding]));

    expect(reconcile(known, seen([finding], { nowMs: NOW_MS + laterMs }))).toMatchObject([
      { state },
    ]);
  });

  test('a fact that a deploy caused for a moment is forgotten', () => {
    const known = reconcile([], seen([aFinding({ check: 'trigger-code' })]));

    expect(reconcile(known, seen([]))).toEqual([]);
  });

  test.each(['claims-expiring', 'records-history', 'secret-age', 'trigger-runtime'] as const)(
    '%s is not one: it is for a nightly doctor',
    (check) => {
      expect(reconcile([], seen([aFinding({ check })]))).toEqual([]);
    },
  );

  test('a fact of two statements about one subject is one fact that says both', () => {
    const findings = [aFinding({ what: 'First.' }), aFinding({ what: 'Second.' })];

    expect(reconcile([], seen(findings))).toMatchObject([{ what: 'First. Second.' }]);
  });
});

describe('the author of a fact', () => {
  test('the author of a fact is the newest change that can have brought it about', () => {
    const changes = [
      aChange({ id: 'old', at: new Date(NOW_MS - 20_000).toISOString(), who: 'old' }),
      aChange({ who: 'newest' }),
      aChange({ action: 'CreateResourceServer', who: 'other call' }),
      aChange({ userPoolId: 'pool-2', who: 'other pool' }),
    ];

    expect(reconcile([], seen([aFinding()], { changes }))[0]?.change?.who).toBe('newest');
  });

  test.each([
    ['before the last look without the fact', -10 * MINUTE_MS],
    ['after the fact was seen', 10 * MINUTE_MS],
  ])('the author of a fact is nobody who changed the pool %s', (_case, offsetMs) => {
    const changes = [aChange({ at: new Date(NOW_MS + offsetMs).toISOString() })];

    expect(reconcile([], seen([aFinding()], { changes }))[0]?.change).toBeUndefined();
  });

  test('the author of a fact is added to the fact when AWS CloudTrail reports hours late', () => {
    const known = reconcile([], seen([aFinding()]));
    const later = { changes: [aChange()], nowMs: NOW_MS + 180 * MINUTE_MS };

    expect(reconcile(known, seen([aFinding()], later))[0]?.change?.id).toBe('e1');
  });
});

test('each fact is reported once and its repair once, in any order of looks', () => {
  const look = fc.record({
    isThere: fc.boolean(),
    isComplete: fc.boolean(),
    pauseMs: fc.nat(300_000),
  });

  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 30 }), (looks) => {
      let known: Fact[] = [];
      let nowMs = NOW_MS;
      const told: string[] = [];
      for (const { isThere, isComplete, pauseMs } of looks) {
        nowMs += pauseMs;
        const findings = isThere ? [aFinding(), aFinding({ check: 'pool-domain' })] : [];
        const facts = reconcile(known, seen(findings, { nowMs, isComplete }));
        known = facts.flatMap((fact) => {
          const key = `${factKey(fact)}|${fact.since}`;
          if (fact.state === 'open' && !fact.isTold) told.push(`begin ${key}`);
          if (fact.state === 'repaired') told.push(`end ${key}`);
          return fact.state === 'repaired' ? [] : [{ ...fact, isTold: fact.state === 'open' }];
        });
        const open = known.filter(({ state }) => state === 'open').map(factKey);
        expect(new Set(open).size).toBe(open.length);
      }
      expect(new Set(told).size).toBe(told.length);
      for (const end of told.filter((line) => line.startsWith('end'))) {
        expect(told).toContain(end.replace('end', 'begin'));
      }
    }),
  );
});
