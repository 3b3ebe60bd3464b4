import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { M2mRun } from '../support/m2m.ts';
import { requiredTools } from '../support/tools.ts';
import { type DeployedClient, deployClient } from './deployed-client.ts';
import { startRotate } from './run-rotate.ts';

// Some thirty processes of their own, one after the other, on a machine that may be busy.
jest.setTimeout(300_000);

const WHOLE = ['--yes', '--grace-period', '1s', '--wait'];
const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('m2m rotate', () => {
  let deployed: DeployedClient;
  let initial: string;
  const seen = new Set<string>();
  let printed = '';
  beforeAll(async () => {
    if (tools === undefined) return;
    deployed = await deployClient(tools);
    initial = (await deployed.look()).current;
  });
  afterAll(() => deployed?.close());

  const keep = ({ stdout, stderr }: M2mRun) => {
    printed += stdout + stderr;
  };

  test('a rotation ends with one secret, the current one, and keeps whatever else the entry holds', async () => {
    deployed.proxy.strikeAt(0, () => {});

    const run = await startRotate(deployed.env, ...WHOLE).finished;

    keep(run);
    expect({ code: run.exitCode, out: run.stdout }).toMatchObject({ code: 0 });
    expect(JSON.parse(run.stdout)).toMatchObject({
      phase: 'idle',
      steps: ['stage', 'add', 'promote', 'start-grace', 'retire', 'close'],
    });
    const after = await deployed.look();
    expect(after).toMatchObject({ count: 1, isCurrentGood: true });
    expect(after.current).not.toBe(initial);
    expect(Object.values(after.labels).flat().sort()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('a rotation survives kill -9 after every change and every token: services go on, and the next run finishes', async () => {
    let deaths = 0;
    for (let isUndisturbed = false; !isUndisturbed; deaths += 1) {
      const process = startRotate(deployed.env, ...WHOLE);
      const at = deaths + 1;
      deployed.proxy.strikeAt(at, process.kill);
      const killed = await process.finished;
      isUndisturbed = deployed.proxy.count() < at;
      const between = await deployed.look();
      deployed.proxy.strikeAt(0, () => {});
      const next = isUndisturbed ? killed : await startRotate(deployed.env, ...WHOLE).finished;
      const after = await deployed.look();

      for (const run of [killed, next]) keep(run);
      for (const { current } of [between, after]) seen.add(current);
      expect(killed.exitCode).toBe(isUndisturbed ? 0 : null);
      expect({ at, isCurrentGood: between.isCurrentGood }).toEqual({ at, isCurrentGood: true });
      expect({ at, code: next.exitCode, out: next.stdout }).toMatchObject({ code: 0 });
      expect({ at, ...after }).toMatchObject({ count: 1, isCurrentGood: true });
      expect(Object.values(after.labels).flat().sort()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    }
    // Seven changes and three tokens make a rotation; the last run was not disturbed.
    expect(deaths - 1).toBe(10);
  });

  test('several simultaneous runs rotate once together, each waits for the grace period or reports a lost race, and none does harm', async () => {
    const runs = await Promise.all(
      [1, 2, 3].map(() => startRotate(deployed.env, '--yes', '--grace-period', '1h').finished),
    );

    runs.forEach(keep);
    const codes = runs.map(({ exitCode }) => exitCode);
    // Each step is made by whoever comes first, so it can happen that each of them loses one.
    if (codes.every((code) => code === 1)) {
      const again = await startRotate(deployed.env, '--yes', '--grace-period', '1h').finished;
      keep(again);
      expect(again.exitCode).toBe(2);
    }
    for (const { exitCode, stdout } of runs.filter(({ exitCode }) => exitCode !== 2)) {
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_ROTATION_LOST_RACE' } });
    }
    const during = await deployed.look();
    expect(during).toMatchObject({ count: 2, isCurrentGood: true });

    const end = await startRotate(deployed.env, '--yes', '--retire-now').finished;
    keep(end);
    expect(end.exitCode).toBe(0);
    expect(await deployed.look()).toMatchObject({ count: 1, isCurrentGood: true });
  });

  test('m2m rotate never printed a secret', () => {
    expect(seen.size).toBeGreaterThan(0);
    for (const secret of [initial, ...seen]) expect(printed).not.toContain(secret);
    // Nor one that was never looked at.
    expect(printed).not.toMatch(/\b[0-9a-f]{64}\b/);
  });
});
