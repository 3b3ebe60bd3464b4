import { CURRENT } from '@cognito-m2m/doctor/rotation-names';
import { describe, expect, test } from '@jest/globals';
import { Killed, RotationWorld } from '../../test/rotation-world.ts';
import { applyStep } from './apply-step.ts';
import { findLeftover } from './open-rotation.ts';
import type { RotationStep, StepKind } from './rotation-view.ts';
import { findStanding, runRotation } from './run-rotation.ts';

function nextStep(world: RotationWorld): RotationStep {
  const standing = findStanding(world.view());
  if (standing.isBlocked) throw new Error('blocked');
  return standing.step;
}

/** A world in which a rotation has come to a step. */
async function worldBefore(kind: StepKind): Promise<RotationWorld> {
  const world = new RotationWorld();
  while (nextStep(world).kind !== kind) await applyStep(world.edges(), nextStep(world));
  return world;
}

test('the second of two who begin gets an error, and stores nothing', async () => {
  const world = new RotationWorld();
  const step = nextStep(world);
  await applyStep(world.edges(), step);
  const versions = [...world.versions];

  await expect(applyStep(world.edges(), step)).rejects.toMatchObject({
    code: 'ERR_ROTATION_LOST_RACE',
    next: 'm2m rotate --status',
  });
  expect(world.versions).toEqual(versions);
});

test('the second of two who promote gets an error', async () => {
  const world = await worldBefore('promote');
  const step = nextStep(world);
  await applyStep(world.edges(), step);

  await expect(applyStep(world.edges(), step)).rejects.toMatchObject({
    code: 'ERR_ROTATION_LOST_RACE',
  });
});

test('nothing is deleted once services read another version than the step was planned for', async () => {
  const world = await worldBefore('retire');
  const step = nextStep(world);
  world.moveLabel(CURRENT, world.current()?.id, 'deployed');

  await expect(applyStep(world.edges(), step)).rejects.toMatchObject({
    code: 'ERR_ROTATION_LOST_RACE',
  });
  expect(world.secrets).toHaveLength(2);
});

test('a run that another one overtook while it asked adds nothing, so that its death leaves no second secret', async () => {
  const world = await worldBefore('add');
  const step = nextStep(world);
  await runRotation(world.edges(), { isGraceSkipped: true });
  const edges = world.edges();
  const add = () => Promise.reject(new Error('added'));

  const adding = applyStep({ ...edges, secrets: { ...edges.secrets, add } }, step);

  await expect(adding).rejects.toMatchObject({ code: 'ERR_ROTATION_LOST_RACE' });
  expect(world.secrets.map(({ value }) => value)).toEqual([world.current()?.value]);
});

test('a run that is killed when it has added a secret too many leaves one that the next run names, and finishes without', async () => {
  const world = await worldBefore('add');
  const edges = world.edges();
  const add = async (value: string) => {
    await runRotation(world.edges(), { isGraceSkipped: true });
    await edges.secrets.add(value);
    throw new Killed();
  };
  const killed = applyStep({ ...edges, secrets: { ...edges.secrets, add } }, nextStep(world));
  await expect(killed).rejects.toThrow(Killed);

  expect(findStanding(world.view())).toEqual({ isBlocked: true, reason: 'second-secret' });
  expect(findLeftover(world.view())).toBe(world.secrets[1]?.id);
  world.removeSecret(findLeftover(world.view()) ?? '');
  expect(world.isServed()).toBe(true);
  expect(await runRotation(world.edges(), { isGraceSkipped: true })).toMatchObject({
    ending: 'finished',
  });
});

test.each<StepKind>(['add', 'start-grace', 'retire'])(
  'taking the step "%s" twice is taking it once',
  async (kind) => {
    const world = await worldBefore(kind);
    const step = nextStep(world);

    await applyStep(world.edges(), step);
    const after = structuredClone(world.view());
    await applyStep(world.edges(), step).catch(() => {});

    expect(world.view()).toEqual(after);
  },
);

test('services that show a change late are waited for', async () => {
  const world = new RotationWorld();
  const edges = world.edges();
  const views = [world.view(), world.view()];
  const readView = async () => (world.versions.length > 1 && views.pop()) || world.view();

  const { ending } = await runRotation({ ...edges, readView }, { isGraceSkipped: true });

  expect(ending).toBe('finished');
});

test('services that never show it end the run with the command to look', async () => {
  const world = new RotationWorld();
  const stale = world.view();
  const run = runRotation(
    { ...world.edges(), readView: async () => stale },
    { isGraceSkipped: true },
  );

  await expect(run).rejects.toMatchObject({
    code: 'ERR_ROTATION_UNSETTLED',
    next: 'm2m rotate --status',
  });
});

test('a run that found a rotation under way never begins the next one', async () => {
  const world = new RotationWorld();
  await runRotation(world.edges(), { isGraceSkipped: false });
  const edges = world.edges();
  const finishElsewhere = async () => {
    await runRotation(world.edges(), { isGraceSkipped: true });
  };

  const run = await runRotation(
    { ...edges, waitUntil: finishElsewhere },
    { isGraceSkipped: false },
  );

  expect(run).toMatchObject({ ending: 'finished', steps: [] });
  expect(world.secrets).toHaveLength(1);
});

describe('readers that a rotation waits for', () => {
  test('readers that a rotation waits for let the old secret go as soon as all have fetched the new one', async () => {
    const world = new RotationWorld();
    const asked: string[] = [];
    const hasEveryReader = async (versionId: string) => {
      asked.push(versionId);
      return asked.length > 2;
    };
    const edges = { ...world.edges(), hasEveryReader };
    const waitUntil = async () => {
      world.nowMs += 60_000;
    };

    const { ending, steps } = await runRotation({ ...edges, waitUntil }, { isGraceSkipped: false });

    expect({ ending, last: steps.slice(-2) }).toEqual({
      ending: 'finished',
      last: ['retire', 'close'],
    });
    expect(asked).toEqual(Array(3).fill(world.current()?.id));
    expect(world.secrets).toHaveLength(1);
  });

  test('readers that a rotation waits for that are behind end the run, and the grace period is the upper bound', async () => {
    const world = new RotationWorld();
    const edges = { ...world.edges(), hasEveryReader: async () => false };

    const first = await runRotation(edges, { isGraceSkipped: false });
    world.nowMs += 3_601_000;
    const second = await runRotation(edges, { isGraceSkipped: false });

    expect([first.ending, second.ending]).toEqual(['waiting', 'finished']);
  });
});
