import { CURRENT, PENDING } from '@cognito-m2m/doctor/rotation-names';
import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { type Death, Killed, RotationWorld } from '../../test/rotation-world.ts';
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
const disturbances: readonly ((world: RotationWorld, pick: number) => void)[] = [
  (world) => world.addSecret(`foreign-${world.secrets.length}-${world.nowMs}`),
  (world, pick) => world.removeSecret(world.secrets[pick % world.secrets.length]?.id ?? ''),
  (world, pick) => {
    const version = world.versions[pick % world.versions.length];
    world.moveLabel(CURRENT, world.current()?.id, version?.id);
  },
  (world) => world.detach(PENDING),
  (world, pick) => world.putVersion(`foreign-version-${pick}`, `foreign-${pick}`),
  (world) => {
    world.versions = world.versions.filter(({ labels }) => labels.length > 0);
  },
  (world, pick) => {
    world.nowMs += pick * 100_000;
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
        const world = new RotationWorld();

        for (const one of deaths) {
          await run(world.edges({ death: one }), isGraceSkipped);
          expect(world.isServed()).toBe(true);
        }
        const first = await run(world.edges(), isGraceSkipped);
        if (first?.ending === 'waiting') world.nowMs += GRACE_SECONDS * 1000;
        const last = first?.ending === 'waiting' ? await run(world.edges(), isGraceSkipped) : first;

        expect(last?.ending).toBe('finished');
        expect(world.secrets.map(({ value }) => value)).toEqual([world.current()?.value]);
        expect(world.current()?.labels).toEqual([CURRENT]);
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
        const world = new RotationWorld();
        await run(world.edges({ death: { atCall, isAfter } }), isGraceSkipped);
        expect({ atCall, isServed: world.isServed() }).toEqual({ atCall, isServed: true });

        const next = await run(world.edges(), true);

        expect({ atCall, ending: next?.ending }).toEqual({ atCall, ending: 'finished' });
        expect(world.secrets.map(({ value }) => value)).toEqual([world.current()?.value]);
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
        const world = new RotationWorld();
        const turn = () => scheduler.schedule(Promise.resolve());

        const runs = deaths.map((one) => run(world.edges({ turn, death: one }), true));
        await scheduler.waitFor(Promise.all(runs));
        expect(world.isServed()).toBe(true);
        const last = await run(world.edges(), true);

        expect(world.isServed()).toBe(true);
        if (last?.ending === 'finished') return;
        // Both secrets are what services read. The message names one; without it the next run finishes.
        expect(world.secrets.map(({ value }) => value)).toEqual(
          Array(2).fill(world.current()?.value),
        );
        world.removeSecret(findLeftover(world.view()) ?? '');
        expect(await run(world.edges(), true)).toMatchObject({ ending: 'finished' });
        expect(world.secrets.map(({ value }) => value)).toEqual([world.current()?.value]);
      },
    ),
    { numRuns: 500 },
  );
});

test('one of several simultaneous runs finishes, the others say that it was faster, and none blocks the client', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, count) => {
      const world = new RotationWorld();
      const turn = () => scheduler.schedule(Promise.resolve());

      const runs = Array.from({ length: count }, () =>
        runRotation(world.edges({ turn }), { isGraceSkipped: true }),
      );
      const outcomes = await scheduler.waitFor(Promise.allSettled(runs));

      const codes = outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? outcome.value.ending : outcome.reason.code,
      );
      expect(codes).toContain('finished');
      expect(codes.filter((code) => code !== 'finished')).toEqual(
        codes.flatMap((code) => (code === 'finished' ? [] : ['ERR_ROTATION_LOST_RACE'])),
      );
      expect(world.secrets.map(({ value }) => value)).toEqual([world.current()?.value]);
      expect(world.current()?.labels).toEqual([CURRENT]);
    }),
    { numRuns: 500 },
  );
});

/** The same edges, watched: what must hold whenever a secret is deleted or made current. */
function watched(
  world: RotationWorld,
  edges: RotationEdges,
  isGraceSkipped: boolean,
): RotationEdges {
  const { secrets, versions } = edges;
  return {
    ...edges,
    secrets: {
      ...secrets,
      async remove(secretId) {
        const doomed = world.secrets.find(({ id }) => id === secretId);
        const graceMs = isGraceSkipped ? 0 : GRACE_SECONDS * 1000;
        expect(doomed?.value).not.toBe(world.current()?.value);
        expect(world.isServed()).toBe(true);
        expect(world.nowMs - world.promotedAtMs).toBeGreaterThanOrEqual(graceMs);
        await secrets.remove(secretId);
      },
    },
    versions: {
      ...versions,
      async move(move) {
        const isMoved = await versions.move(move);
        if (move.label === CURRENT) expect(world.isServed()).toBe(true);
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
      const world = new RotationWorld();

      for (const one of actions) {
        if ('disturbance' in one) {
          disturbances[one.disturbance.kind]?.(world, one.disturbance.pick);
          continue;
        }
        const { isGraceSkipped } = one;
        const edges = world.edges({ graceSeconds: GRACE_SECONDS, death: one.death });
        await run(watched(world, edges, isGraceSkipped), isGraceSkipped);
      }
    }),
    { numRuns: 1000 },
  );
});

test('no grace period ends early', async () => {
  const times = fc.record({ graceSeconds: fc.integer({ min: 1, max: 1e6 }), waited: fc.nat(2e6) });
  await fc.assert(
    fc.asyncProperty(times, async ({ graceSeconds, waited }) => {
      const world = new RotationWorld();
      await run(world.edges({ graceSeconds }), false);
      world.nowMs += waited * 1000;

      const standing = findStanding(world.view());
      const now = Math.floor(world.nowMs / 1000);

      if (standing.isBlocked) throw new Error('blocked');
      expect(planMove(standing, { now, isGraceSkipped: false }).kind).toBe(
        waited < graceSeconds ? 'wait' : 'apply',
      );
    }),
  );
});
