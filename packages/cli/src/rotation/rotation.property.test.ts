import { CURRENT, PENDING } from '@cognito-m2m/doctor/rotation-names';
import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { type Death, Killed, SecretsInMemory } from '../../test/secrets-in-memory.ts';
import { CliError } from '../frame/errors.ts';
import { findLeftover } from './open-rotation.ts';
import { findStanding, planMove, type RotationEdges, runRotation } from './run-rotation.ts';

// Thousands of rotations, on a machine that may be busy.
jest.setTimeout(60_000);

const GRACE_SECONDS = 3_600;

/** A run reads and writes about this often; a death beyond its end is none. */
const CALLS = 40;

const death: fc.Arbitrary<Death> = fc.record({
  atCall: fc.nat(CALLS),
  isAfter: fc.boolean(),
});

/** What anyone may do to the secrets by hand, with the console or another tool, or what time does. */
const disturbances: readonly ((memory: SecretsInMemory, pick: number) => void)[] = [
  (memory) => memory.addSecret(`foreign-${memory.secrets.length}-${memory.nowMs}`),
  (memory, pick) => memory.removeSecret(memory.secrets[pick % memory.secrets.length]?.id ?? ''),
  (memory, pick) => {
    const version = memory.versions[pick % memory.versions.length];
    memory.moveLabel(CURRENT, memory.current()?.id, version?.id);
  },
  (memory) => memory.detach(PENDING),
  (memory, pick) => memory.putVersion(`foreign-version-${pick}`, `foreign-${pick}`),
  (memory) => {
    memory.versions = memory.versions.filter(({ labels }) => labels.length > 0);
  },
  (memory, pick) => {
    memory.nowMs += pick * 100_000;
  },
];

const disturbance = fc.record({ kind: fc.nat(disturbances.length - 1), pick: fc.nat(100) });

/** Runs until it ends, dies, or is refused; anything else is a defect. */
async function run(edges: RotationEdges, isGraceSkipped: boolean) {
  try {
    return await runRotation(edges, { isGraceSkipped });
  } catch (error) {
    if (error instanceof Killed || error instanceof CliError) return undefined;
    throw error;
  }
}

test('services keep a secret that works whenever a rotation dies, and running it again finishes it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(death, { maxLength: 6 }),
      fc.boolean(),
      async (deaths, isGraceSkipped) => {
        const memory = new SecretsInMemory();

        for (const one of deaths) {
          await run(memory.edges({ death: one }), isGraceSkipped);
          expect(memory.isServed()).toBe(true);
        }
        const first = await run(memory.edges(), isGraceSkipped);
        if (first?.ending === 'waiting') memory.nowMs += GRACE_SECONDS * 1000;
        const last =
          first?.ending === 'waiting' ? await run(memory.edges(), isGraceSkipped) : first;

        expect(last?.ending).toBe('finished');
        expect(memory.secrets.map(({ value }) => value)).toEqual([memory.current()?.value]);
        expect(memory.current()?.labels).toEqual([CURRENT]);
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  ['with a grace period', false],
  ['without one', true],
])(
  'a rotation %s goes on after a kill around every single call, whichever way the next run ends it',
  async (_way, isGraceSkipped) => {
    for (const isAfter of [false, true]) {
      for (let atCall = 0; atCall < CALLS; atCall += 1) {
        const memory = new SecretsInMemory();
        await run(memory.edges({ death: { atCall, isAfter } }), isGraceSkipped);
        expect({ atCall, isServed: memory.isServed() }).toEqual({ atCall, isServed: true });

        const next = await run(memory.edges(), true);

        expect({ atCall, ending: next?.ending }).toEqual({ atCall, ending: 'finished' });
        expect(memory.secrets.map(({ value }) => value)).toEqual([memory.current()?.value]);
      }
    }
  },
);

test('services keep a secret that works when simultaneous runs are killed, and the client is never left with one that nobody can use', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(death, { minLength: 2, maxLength: 3 }),
      async (scheduler, deaths) => {
        const memory = new SecretsInMemory();
        const turn = () => scheduler.schedule(Promise.resolve());

        const runs = deaths.map((one) => run(memory.edges({ turn, death: one }), true));
        await scheduler.waitFor(Promise.all(runs));
        expect(memory.isServed()).toBe(true);
        const last = await run(memory.edges(), true);

        expect(memory.isServed()).toBe(true);
        if (last?.ending === 'finished') return;
        // Both secrets are what services read. The message names one; without it the next run finishes.
        expect(memory.secrets.map(({ value }) => value)).toEqual(
          Array(2).fill(memory.current()?.value),
        );
        memory.removeSecret(findLeftover(memory.view()) ?? '');
        expect(await run(memory.edges(), true)).toMatchObject({ ending: 'finished' });
        expect(memory.secrets.map(({ value }) => value)).toEqual([memory.current()?.value]);
      },
    ),
    { numRuns: 500 },
  );
});

test('one of several simultaneous runs finishes, the others say that it was faster, and none blocks the client', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, count) => {
      const memory = new SecretsInMemory();
      const turn = () => scheduler.schedule(Promise.resolve());

      const runs = Array.from({ length: count }, () =>
        runRotation(memory.edges({ turn }), { isGraceSkipped: true }),
      );
      const outcomes = await scheduler.waitFor(Promise.allSettled(runs));

      const codes = outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? outcome.value.ending : outcome.reason.code,
      );
      expect(codes).toContain('finished');
      expect(codes.filter((code) => code !== 'finished')).toEqual(
        codes.flatMap((code) => (code === 'finished' ? [] : ['ERR_ROTATION_LOST_RACE'])),
      );
      expect(memory.secrets.map(({ value }) => value)).toEqual([memory.current()?.value]);
      expect(memory.current()?.labels).toEqual([CURRENT]);
    }),
    { numRuns: 500 },
  );
});

/** The same edges, watched: what must hold whenever a secret is deleted or made current. */
function watched(
  memory: SecretsInMemory,
  edges: RotationEdges,
  isGraceSkipped: boolean,
): RotationEdges {
  const { secrets, versions } = edges;
  return {
    ...edges,
    secrets: {
      ...secrets,
      async remove(secretId) {
        const doomed = memory.secrets.find(({ id }) => id === secretId);
        const graceMs = isGraceSkipped ? 0 : GRACE_SECONDS * 1000;
        expect(doomed?.value).not.toBe(memory.current()?.value);
        expect(memory.isServed()).toBe(true);
        expect(memory.nowMs - memory.promotedAtMs).toBeGreaterThanOrEqual(graceMs);
        await secrets.remove(secretId);
      },
    },
    versions: {
      ...versions,
      async move(move) {
        const isMoved = await versions.move(move);
        if (move.label === CURRENT) expect(memory.isServed()).toBe(true);
        return isMoved;
      },
    },
  };
}

test('whatever anyone does by hand, only a secret that nobody reads is deleted, after its grace period, and only one that works is made current', async () => {
  const action = fc.oneof(
    fc.record({ death, isGraceSkipped: fc.boolean() }),
    fc.record({ disturbance }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 15 }), async (actions) => {
      const memory = new SecretsInMemory();

      for (const one of actions) {
        if ('disturbance' in one) {
          disturbances[one.disturbance.kind]?.(memory, one.disturbance.pick);
          continue;
        }
        const { isGraceSkipped } = one;
        const edges = memory.edges({ graceSeconds: GRACE_SECONDS, death: one.death });
        await run(watched(memory, edges, isGraceSkipped), isGraceSkipped);
      }
    }),
    { numRuns: 1000 },
  );
});

test('no grace period ends early', async () => {
  const times = fc.record({ graceSeconds: fc.integer({ min: 1, max: 1e6 }), waited: fc.nat(2e6) });
  await fc.assert(
    fc.asyncProperty(times, async ({ graceSeconds, waited }) => {
      const memory = new SecretsInMemory();
      await run(memory.edges({ graceSeconds }), false);
      memory.nowMs += waited * 1000;

      const standing = findStanding(memory.view());
      const now = Math.floor(memory.nowMs / 1000);

      if (standing.isBlocked) throw new Error('blocked');
      expect(planMove(standing, { now, isGraceSkipped: false }).kind).toBe(
        waited < graceSeconds ? 'wait' : 'apply',
      );
    }),
  );
});
