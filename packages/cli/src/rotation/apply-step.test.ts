import { CURRENT } from '@cognito-m2m/doctor/rotation-names';
import { describe, expect, test } from '@jest/globals';
import { Killed, SecretsInMemory } from '../../test/secrets-in-memory.ts';
import { applyStep } from './apply-step.ts';
import { findLeftover } from './open-rotation.ts';
import type { RotationStep, StepKind } from './rotation-view.ts';
import { findStanding, runRotation } from './run-rotation.ts';

function nextStep(memory: SecretsInMemory): RotationStep {
  const standing = findStanding(memory.view());
  if (standing.isBlocked) throw new Error('blocked');
  return standing.step;
}

/** What is kept when a rotation has come to a step. */
async function memoryBefore(kind: StepKind): Promise<SecretsInMemory> {
  const memory = new SecretsInMemory();
  while (nextStep(memory).kind !== kind) await applyStep(memory.edges(), nextStep(memory));
  return memory;
}

test('the second of two who begin gets an error, and stores nothing', async () => {
  const memory = new SecretsInMemory();
  const step = nextStep(memory);
  await applyStep(memory.edges(), step);
  const versions = [...memory.versions];

  await expect(applyStep(memory.edges(), step)).rejects.toMatchObject({
    code: 'ERR_ROTATION_LOST_RACE',
    next: 'm2m rotate --status',
  });
  expect(memory.versions).toEqual(versions);
});

test('the second of two who promote gets an error', async () => {
  const memory = await memoryBefore('promote');
  const step = nextStep(memory);
  await applyStep(memory.edges(), step);

  await expect(applyStep(memory.edges(), step)).rejects.toMatchObject({
    code: 'ERR_ROTATION_LOST_RACE',
  });
});

test('nothing is deleted once services read another version than the step was planned for', async () => {
  const memory = await memoryBefore('retire');
  const step = nextStep(memory);
  memory.moveLabel(CURRENT, memory.current()?.id, 'deployed');

  await expect(applyStep(memory.edges(), step)).rejects.toMatchObject({
    code: 'ERR_ROTATION_LOST_RACE',
  });
  expect(memory.secrets).toHaveLength(2);
});

test('a run that another one overtook while it asked adds nothing, so that its death leaves no second secret', async () => {
  const memory = await memoryBefore('add');
  const step = nextStep(memory);
  await runRotation(memory.edges(), { isGraceSkipped: true });
  const edges = memory.edges();
  const add = () => Promise.reject(new Error('added'));

  const adding = applyStep({ ...edges, secrets: { ...edges.secrets, add } }, step);

  await expect(adding).rejects.toMatchObject({ code: 'ERR_ROTATION_LOST_RACE' });
  expect(memory.secrets.map(({ value }) => value)).toEqual([memory.current()?.value]);
});

test('a run that is killed when it has added a secret too many leaves one that the next run names, and finishes without', async () => {
  const memory = await memoryBefore('add');
  const edges = memory.edges();
  const add = async (value: string) => {
    await runRotation(memory.edges(), { isGraceSkipped: true });
    await edges.secrets.add(value);
    throw new Killed();
  };
  const killed = applyStep({ ...edges, secrets: { ...edges.secrets, add } }, nextStep(memory));
  await expect(killed).rejects.toThrow(Killed);

  expect(findStanding(memory.view())).toEqual({ isBlocked: true, reason: 'second-secret' });
  expect(findLeftover(memory.view())).toBe(memory.secrets[1]?.id);
  memory.removeSecret(findLeftover(memory.view()) ?? '');
  expect(memory.isServed()).toBe(true);
  expect(await runRotation(memory.edges(), { isGraceSkipped: true })).toMatchObject({
    ending: 'finished',
  });
});

test.each<StepKind>(['add', 'start-grace', 'retire'])(
  'taking the step "%s" twice is taking it once',
  async (kind) => {
    const memory = await memoryBefore(kind);
    const step = nextStep(memory);

    await applyStep(memory.edges(), step);
    const after = structuredClone(memory.view());
    await applyStep(memory.edges(), step).catch(() => {});

    expect(memory.view()).toEqual(after);
  },
);

test('services that show a change late are waited for', async () => {
  const memory = new SecretsInMemory();
  const edges = memory.edges();
  const views = [memory.view(), memory.view()];
  const readView = async () => (memory.versions.length > 1 && views.pop()) || memory.view();

  const { ending } = await runRotation({ ...edges, readView }, { isGraceSkipped: true });

  expect(ending).toBe('finished');
});

test('services that never show it end the run with the command to look', async () => {
  const memory = new SecretsInMemory();
  const stale = memory.view();
  const run = runRotation(
    { ...memory.edges(), readView: async () => stale },
    { isGraceSkipped: true },
  );

  await expect(run).rejects.toMatchObject({
    code: 'ERR_ROTATION_UNSETTLED',
    next: 'm2m rotate --status',
  });
});

test('a run that found a rotation under way never begins the next one', async () => {
  const memory = new SecretsInMemory();
  await runRotation(memory.edges(), { isGraceSkipped: false });
  const edges = memory.edges();
  const finishElsewhere = async () => {
    await runRotation(memory.edges(), { isGraceSkipped: true });
  };

  const run = await runRotation(
    { ...edges, waitUntil: finishElsewhere },
    { isGraceSkipped: false },
  );

  expect(run).toMatchObject({ ending: 'finished', steps: [] });
  expect(memory.secrets).toHaveLength(1);
});

describe('readers that a rotation waits for', () => {
  test('readers that a rotation waits for let the old secret go as soon as all have fetched the new one', async () => {
    const memory = new SecretsInMemory();
    const asked: string[] = [];
    const hasEveryReader = async (versionId: string) => {
      asked.push(versionId);
      return asked.length > 2;
    };
    const edges = { ...memory.edges(), hasEveryReader };
    const waitUntil = async () => {
      memory.nowMs += 60_000;
    };

    const { ending, steps } = await runRotation({ ...edges, waitUntil }, { isGraceSkipped: false });

    expect({ ending, last: steps.slice(-2) }).toEqual({
      ending: 'finished',
      last: ['retire', 'close'],
    });
    expect(asked).toEqual(Array(3).fill(memory.current()?.id));
    expect(memory.secrets).toHaveLength(1);
  });

  test('readers that a rotation waits for that are behind end the run, and the grace period is the upper bound', async () => {
    const memory = new SecretsInMemory();
    const edges = { ...memory.edges(), hasEveryReader: async () => false };

    const first = await runRotation(edges, { isGraceSkipped: false });
    memory.nowMs += 3_601_000;
    const second = await runRotation(edges, { isGraceSkipped: false });

    expect([first.ending, second.ending]).toEqual(['waiting', 'finished']);
  });
});
