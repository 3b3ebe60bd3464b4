import type { OverrideRecord } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import type { OverrideChange } from './next-state.ts';
import { type ChangeRequest, planChange } from './plan-change.ts';

const NOW = 1_780_000_000;

function plan(change: OverrideChange, fields: Partial<ChangeRequest> = {}) {
  return planChange({
    userPoolId: 'pool',
    clientId: 'client',
    clientArguments: 'payments billing-worker',
    scopes: ['orders/read', 'orders/write'],
    records: { baseline: aBaseline(), revisions: [] },
    change,
    inputFaults: [],
    author: { updatedBy: 'alice', reason: 'a test' },
    nowMs: NOW * 1000,
    rules: { contract, sizeBudgetBytes: 4096 },
    ...fields,
  });
}

function withRevisions(...revisions: Partial<OverrideRecord>[]): Partial<ChangeRequest> {
  return {
    records: {
      baseline: aBaseline(),
      revisions: revisions.map((fields, index) => anOverride({ revision: index + 1, ...fields })),
    },
  };
}

function setTier(value: string): OverrideChange {
  return { type: 'set', members: [], expiresAt: undefined, claims: { tier: { value } } };
}

describe('setting', () => {
  test('set makes the first revision and shows what changes in the token', () => {
    const { record, diff } = plan(setTier('free'));

    expect(record).toEqual({
      kind: 'override',
      userPoolId: 'pool',
      clientId: 'client',
      revision: 1,
      disabled: false,
      claims: { tier: { value: 'free' } },
      updatedBy: 'alice',
      reason: 'a test',
      updatedAt: '2026-05-28T20:26:40.000Z',
    });
    expect(diff).toMatchObject({
      claims: [{ name: 'tier', change: 'changed', before: 'premium', after: 'free' }],
    });
  });

  test('set keeps the other claims and the kill switch of the newest revision', () => {
    const claims = { approval_limit: { value: 7 } };

    const { record } = plan(setTier('free'), withRevisions({}, { claims, disabled: true }));

    expect(record).toMatchObject({
      revision: 3,
      disabled: true,
      claims: { approval_limit: { value: 7 }, tier: { value: 'free' } },
    });
  });

  test.each([
    [NOW, {}],
    [NOW + 1, { approval_limit: { value: 7, expiresAt: NOW + 1 } }],
  ])('a claim that expires at %i is kept only if that is later', (expiresAt, kept) => {
    const claims = { approval_limit: { value: 7, expiresAt } };

    const { record } = plan(setTier('free'), withRevisions({ claims }));

    expect(record?.claims).toEqual({ ...kept, tier: { value: 'free' } });
  });

  test('what is set already makes no revision', () => {
    const { record, newestRevision } = plan(
      setTier('free'),
      withRevisions({ claims: { tier: { value: 'free' } } }),
    );

    expect(record).toBeUndefined();
    expect(newestRevision).toBe(1);
  });
});

describe('a change is refused', () => {
  test.each([
    ['a reserved name', { sub: { value: 'x' } }, 'sub'],
    ['the audience', { aud: { value: 'x' } }, 'aud'],
    ['a name that is not in the contract', { colour: { value: 'red' } }, 'colour'],
    ['a value of another type', { approval_limit: { value: '7' } }, 'approval_limit'],
    ['a value that is not allowed', { tier: { value: 'gold' } }, 'tier'],
    ['a secret', { tenant_id: { value: `AKIA${'A'.repeat(16)}` } }, 'AWS access key id'],
  ])('a change is refused for %s', (_case, claims, part) => {
    expect(() => plan({ type: 'set', members: [], expiresAt: undefined, claims })).toThrow(
      expect.objectContaining({
        code: 'ERR_CHANGE_REFUSED',
        message: expect.stringContaining(part),
      }),
    );
  });

  test('a change is refused with every fault at once and no value in the message', () => {
    const claims = { tier: { value: 'gold' }, sub: { value: 'silver' } };

    expect(() => plan({ type: 'set', members: [], expiresAt: undefined, claims })).toThrow(
      /tier[\s\S]*sub/,
    );
    expect(() => plan({ type: 'set', members: [], expiresAt: undefined, claims })).not.toThrow(
      /gold|silver/,
    );
  });

  test('a change is refused with the faults of its input, its values, its token and its reason at once', () => {
    const inputFaults = [{ path: 'approval_limit', problem: 'wrong type' }];
    const claims = { tier: { value: 'gold' }, tenant_id: { value: '-'.repeat(5000) } };
    const author = { updatedBy: 'alice', reason: '' };

    expect(() =>
      plan({ type: 'set', members: [], expiresAt: undefined, claims }, { author, inputFaults }),
    ).toThrow(/--reason[\s\S]*approval_limit[\s\S]*tier[\s\S]*ERR_CLAIMS_TOO_LARGE/);
  });

  test.each([
    [4096, false],
    [4097, true],
  ])('a change is refused when the claims take %i bytes: %s', (sizeBytes, isRefused) => {
    const size = (padding: string) => JSON.stringify({ ...base, tenant_id: padding }).length;
    const base = {
      environment: 'test',
      'custom:organization_id': '12345',
      'custom:role': 'admin',
      tier: 'premium',
    };
    const value = '-'.repeat(sizeBytes - size(''));
    const run = () =>
      plan({ type: 'set', members: [], expiresAt: undefined, claims: { tenant_id: { value } } });

    if (isRefused) expect(run).toThrow(/ERR_CLAIMS_TOO_LARGE/);
    else expect(run().after).toMatchObject({ sizeBytes });
  });

  test('a change is refused for a client without a baseline', () => {
    expect(() => plan(setTier('free'), { records: { revisions: [] } })).toThrow(/no baseline/);
  });

  test.each([
    ['empty', ' '],
    ['too long', 'r'.repeat(257)],
    ['of two lines', 'a\nb'],
    ['that holds a secret', `used ghp_${'a1B2'.repeat(9)}`],
  ])('a change is refused for a reason %s', (_case, reason) => {
    expect(() => plan(setTier('free'), { author: { updatedBy: 'alice', reason } })).toThrow(
      /--reason/,
    );
  });
});

describe('unsetting', () => {
  test('unset shows the layer below again', () => {
    const { record, diff } = plan(
      { type: 'unset', members: [], claimNames: ['tier'] },
      withRevisions({ claims: { tier: { value: 'free' }, approval_limit: { value: 7 } } }),
    );

    expect(record?.claims).toEqual({ approval_limit: { value: 7 } });
    expect(diff.claims).toMatchObject([{ name: 'tier', before: 'free', after: 'premium' }]);
  });

  test('a claim that the override does not set is refused, with those that it sets', () => {
    const claims = { approval_limit: { value: 7 } };
    const run = () =>
      plan({ type: 'unset', members: [], claimNames: ['tier'] }, withRevisions({ claims }));

    expect(run).toThrow(
      expect.objectContaining({
        code: 'ERR_CHANGE_REFUSED',
        message: expect.stringMatching(/tier: the override does not set it.*one of approval_limit/),
        next: { m2m: 'explain payments billing-worker' },
      }),
    );
  });

  test('a claim of an override that sets none is refused with what the client has', () => {
    const run = () => plan({ type: 'unset', members: [], claimNames: ['tier'] });

    expect(run).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/tier: the override sets no claims$/),
        next: { m2m: 'explain payments billing-worker' },
      }),
    );
  });
});

describe('rolling back', () => {
  const history = withRevisions(
    { claims: { tier: { value: 'free' } } },
    { claims: { tier: { value: 'premium' } }, disabled: true },
  );

  test('rollback writes the older claims as the next revision and leaves the kill switch', () => {
    const { record } = plan({ type: 'rollback', toRevision: 1 }, history);

    expect(record).toMatchObject({
      revision: 3,
      claims: { tier: { value: 'free' } },
      disabled: true,
    });
  });

  test('rollback to 0 empties the override', () => {
    expect(plan({ type: 'rollback', toRevision: 0 }, history).record?.claims).toEqual({});
  });

  test('rollback to a revision that is not there is an error', () => {
    expect(() => plan({ type: 'rollback', toRevision: 3 }, history)).toThrow(
      expect.objectContaining({
        code: 'ERR_REVISION_NOT_FOUND',
        next: { m2m: 'history payments billing-worker' },
      }),
    );
  });

  test('rollback checks the claims against the current contract', () => {
    expect(() =>
      plan(
        { type: 'rollback', toRevision: 1 },
        withRevisions({ claims: { old: { value: 1 } } }, {}),
      ),
    ).toThrow(/not in the claim contract/);
  });
});

describe('the kill switch', () => {
  test('the kill switch takes the token away and keeps the claims', () => {
    const claims = { tier: { value: 'free' } };

    const { record, diff } = plan({ type: 'disable' }, withRevisions({ claims }));

    expect(record).toMatchObject({ disabled: true, claims });
    expect(diff.outcome).toEqual({ before: 'issued', after: 'ERR_CLIENT_DISABLED' });
  });

  test('the kill switch works for a client without a baseline and for claims that violate the contract', () => {
    const revisions = [anOverride({ claims: { old: { value: 1 } } })];

    expect(plan({ type: 'disable' }, { records: { revisions } }).record?.disabled).toBe(true);
  });

  test('the kill switch is lifted again', () => {
    const { record, diff } = plan({ type: 'enable' }, withRevisions({ disabled: true }));

    expect(record).toMatchObject({ disabled: false, revision: 2 });
    expect(diff.outcome).toEqual({ before: 'ERR_CLIENT_DISABLED', after: 'issued' });
  });

  test('the kill switch of a client that is enabled makes no revision', () => {
    expect(plan({ type: 'enable' }).record).toBeUndefined();
  });
});
