import { expect, test } from '@jest/globals';
import { type M2mRun, runM2m } from '../support/m2m.ts';
import { createWriteBarrier, raceSets } from '../support/races.ts';
import type { DeployedWorld } from './deployed-world.ts';

/** Several runs of the binary, on a machine that may be busy. */
const CASE_TIMEOUT_MS = 60_000;
const CLIENT = ['payments', 'billing-worker'];
const PLACE = ['--env', 'trial', '--json'];
const BECAUSE = ['--reason', 'a test', '--yes'];

/** Overrides of a deployed client; each test leaves it without any. */
export function setStory(world: () => DeployedWorld): void {
  const m2m = async (command: string, ...argv: string[]) => {
    const { exitCode, stdout } = await world().m2m(command, ...argv, ...PLACE);
    return { exitCode, ...JSON.parse(stdout) };
  };
  const change = (command: string, ...argv: string[]) =>
    m2m(command, ...CLIENT, ...argv, ...BECAUSE);

  test(
    'what is set shows in explain, who and history, and a rollback takes it back',
    async () => {
      const set = await change('set', 'tier=free', 'custom:role=viewer');
      const unset = await change('unset', 'custom:role');
      const [explain, who, history] = await Promise.all([
        m2m('explain', ...CLIENT),
        m2m('who', 'tier=free'),
        m2m('history', ...CLIENT),
      ]);
      const rollback = await change('rollback', '--to', '0');

      expect(set).toMatchObject({ exitCode: 0, isWritten: true, before: { token: 'issued' } });
      expect(unset).toMatchObject({ exitCode: 0, revision: set.revision + 1 });
      expect(explain.claims).toContainEqual(
        expect.objectContaining({
          name: 'tier',
          value: 'free',
          layer: 'override',
          setBy: expect.objectContaining({
            revision: set.revision,
            reason: 'a test',
            updatedBy: expect.stringMatching(/^arn:aws:/),
          }),
        }),
      );
      expect(who.carriers).toMatchObject([{ client: 'billing-worker', layer: 'override' }]);
      expect(history.revisions.slice(0, 2)).toMatchObject([
        { changes: [{ name: 'custom:role', change: 'removed', before: 'viewer' }] },
        { changes: [{ name: 'custom:role' }, { name: 'tier', after: 'free' }] },
      ]);
      expect(rollback).toMatchObject({ exitCode: 0, after: { claims: { tier: 'premium' } } });
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'a client that is disabled gets no token until it is enabled',
    async () => {
      const disable = await change('disable');
      const enable = await change('enable');

      expect(disable).toMatchObject({ exitCode: 0, after: { token: 'ERR_CLIENT_DISABLED' } });
      expect(enable).toMatchObject({ exitCode: 0, after: { token: 'issued' } });
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'one of two sets at the same time wins, the other reports the lost race, and its retry loses nothing',
    async () => {
      const { aws, deployment } = world();
      const barrier = await createWriteBarrier(aws.endpointUrl);
      const env = { ...aws.env, AWS_ENDPOINT_URL_DYNAMODB: barrier.url };
      const place = [...PLACE, '--environments', deployment.environmentsDirectory];
      const set = (claim: string): Promise<M2mRun> =>
        runM2m(['set', ...CLIENT, claim, ...BECAUSE, ...place], env);

      const race = await raceSets(['tier=free', 'custom:role=viewer'], set);

      await barrier.close();
      await change('rollback', '--to', '0');
      const [won, ...otherWinners] = race.winners.map(({ stdout }) => JSON.parse(stdout));
      expect(otherWinners).toEqual([]);
      expect(race.losers).toMatchObject([{ exitCode: 1 }]);
      expect(JSON.parse(race.losers[0]?.stdout ?? '')).toMatchObject({
        error: { code: 'ERR_STORE_LOST_RACE' },
      });
      expect(JSON.parse(race.retry.stdout)).toMatchObject({
        revision: won.revision + 1,
        after: { claims: { tier: 'free', 'custom:role': 'viewer' } },
      });
    },
    CASE_TIMEOUT_MS,
  );
}
