import { graceLabel, versionReplacing } from '@cognito-m2m/doctor/rotation-names';
import { describe, expect, test } from '@jest/globals';
import type { StoredVersion } from './rotation-view.ts';
import { findStanding } from './run-rotation.ts';

const CLIENT_ID = 'client';
/** The version that replaces the secret `old`, and the one that a deploy left. */
const NEXT = versionReplacing(CLIENT_ID, 'old');
const DEPLOYED = 'deployed';
const GRACE = graceLabel(1_780_000_000);

/** Versions by id, each with its labels. */
type Versions = Readonly<Record<string, readonly string[]>>;

function find(secretIds: readonly string[], versions: Versions) {
  return findStanding({
    clientId: CLIENT_ID,
    secrets: secretIds.map((id, index) => ({ id, createdAtMs: index })),
    versions: Object.entries(versions).map(([id, labels]): StoredVersion => ({ id, labels })),
  });
}

const current = ['AWSCURRENT'];
const previous = ['AWSPREVIOUS'];
const pending = ['AWSPENDING'];

describe('a rotation', () => {
  test.each<[string, string[], Versions, string, object]>([
    [
      'has not begun',
      ['old'],
      { [DEPLOYED]: current },
      'idle',
      { kind: 'stage', versionId: NEXT, isStored: false },
    ],
    [
      'has stored the new secret',
      ['old'],
      { [DEPLOYED]: current, [NEXT]: pending },
      'staged',
      { kind: 'add', versionId: NEXT },
    ],
    [
      'has lost the label of the new secret',
      ['old'],
      { [DEPLOYED]: current, [NEXT]: [] },
      'staged',
      { kind: 'stage', versionId: NEXT, isStored: true },
    ],
    [
      'has added it',
      ['old', 'new'],
      { [DEPLOYED]: current, [NEXT]: pending },
      'added',
      { kind: 'promote', versionId: NEXT, currentId: DEPLOYED, staleLabels: [] },
    ],
    [
      'has made it current',
      ['old', 'new'],
      { [DEPLOYED]: previous, [NEXT]: [...current, ...pending] },
      'current',
      { kind: 'start-grace', versionId: NEXT },
    ],
    [
      'has noted the grace period',
      ['old', 'new'],
      { [DEPLOYED]: previous, [NEXT]: [...current, ...pending, GRACE] },
      'grace',
      { kind: 'retire', versionId: NEXT, secretId: 'old' },
    ],
    [
      'has deleted the old secret',
      ['new'],
      { [DEPLOYED]: previous, [NEXT]: [...current, ...pending, GRACE] },
      'retired',
      { kind: 'close', versionId: NEXT, labels: ['AWSPENDING', GRACE] },
    ],
    [
      'is finished',
      ['new'],
      { [DEPLOYED]: previous, [NEXT]: current },
      'idle',
      { kind: 'stage', versionId: versionReplacing(CLIENT_ID, 'new') },
    ],
  ])('%s', (_case, secrets, versions, phase, step) => {
    expect(find(secrets, versions)).toMatchObject({ isBlocked: false, phase, step });
  });
});

describe('after a hand has been at it', () => {
  test('the old secret is known by the version that replaces it, not by its age', () => {
    const versions = { [DEPLOYED]: previous, [NEXT]: [...current, GRACE] };

    expect(find(['foreign', 'old'], versions)).toMatchObject({
      step: { kind: 'retire', secretId: 'old' },
    });
  });

  test('a deleted new secret is added again', () => {
    expect(find(['old'], { [DEPLOYED]: previous, [NEXT]: current })).toMatchObject({
      phase: 'staged',
      step: { kind: 'add', versionId: NEXT },
    });
  });

  test('a deleted old secret leaves the staged one to be proved', () => {
    expect(find(['new'], { [DEPLOYED]: current, [NEXT]: pending })).toMatchObject({
      phase: 'added',
      step: { kind: 'promote', versionId: NEXT },
    });
  });

  test('a version that is current no more is promoted again, without its old grace period', () => {
    expect(find(['old', 'new'], { [DEPLOYED]: current, [NEXT]: [GRACE] })).toMatchObject({
      phase: 'added',
      step: { kind: 'promote', staleLabels: [GRACE] },
    });
  });

  test('the latest of several ends of the grace period counts', () => {
    const labels = [...current, graceLabel(200), graceLabel(1000), 'm2m-retire-after-soon'];

    expect(find(['old', 'new'], { [NEXT]: labels })).toMatchObject({ graceEndsAt: 1000 });
  });

  test('the leftover of a client that is gone does not block', () => {
    const stale = versionReplacing('another client', 'old');

    expect(find(['old'], { [DEPLOYED]: current, [stale]: pending })).toMatchObject({
      phase: 'idle',
      step: { kind: 'stage', isStored: false, pendingOn: stale },
    });
  });
});

describe('nothing is guessed', () => {
  test.each<[string, string[], Versions, string]>([
    ['without a current version', ['old'], { [NEXT]: pending }, 'no-current-version'],
    ['without a secret', [], { [DEPLOYED]: current }, 'no-secret'],
    ['with a second secret', ['old', 'foreign'], { [DEPLOYED]: current }, 'second-secret'],
    [
      'when both secrets are being replaced',
      ['old', 'new'],
      { [NEXT]: current, [versionReplacing(CLIENT_ID, 'new')]: pending },
      'second-secret',
    ],
    [
      'while another tool rotates',
      ['old'],
      { [DEPLOYED]: current, foreign: pending },
      'other-pending-version',
    ],
    [
      'while another tool has taken the label of the new secret',
      ['old'],
      { [DEPLOYED]: current, [NEXT]: [], foreign: pending },
      'other-pending-version',
    ],
  ])('%s', (_case, secrets, versions, reason) => {
    expect(find(secrets, versions)).toEqual({ isBlocked: true, reason });
  });

  test('a rotation by Secrets Manager that has ended is not a rotation under way', () => {
    expect(find(['old'], { [DEPLOYED]: [...current, ...pending] })).toMatchObject({
      phase: 'idle',
    });
  });
});
