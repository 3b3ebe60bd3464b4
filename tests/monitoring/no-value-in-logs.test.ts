import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTriggerProcess } from '../lambda-runtime/start-trigger-process.ts';
import { CANARIES, canariesIn } from './canaries.ts';
import { type OutcomeStage, type Performance, startOutcomeStage } from './outcome-stage.ts';
import { eventOf, OUTCOMES } from './outcomes.ts';

let stage: OutcomeStage;
const performances: Performance[] = [];

beforeAll(async () => {
  stage = await startOutcomeStage({
    CLAIMS_TABLE_NAME: 'claims',
    CLAIMS_CACHE_SECONDS: '0',
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    AWS_LAMBDA_LOG_LEVEL: 'DEBUG',
  });
  for (const [index, outcome] of OUTCOMES.entries()) {
    performances.push(await stage.perform(outcome, `client-${index}`));
  }
});

afterAll(() => stage.close());

describe('values of every kind', () => {
  test('values of every kind come into the trigger, each at its place', () => {
    const planted = new Set(performances.flatMap(({ input }) => canariesIn(input)));

    expect([...planted].sort()).toEqual(Object.keys(CANARIES).sort());
  });

  test('values of every kind reach the outcomes that they are planted for, and the token as far as they belong there', () => {
    const results = performances.map(({ line: { reason, outcome } }) => reason ?? outcome);
    const [issued] = performances;

    expect(results).toEqual(OUTCOMES.map(({ result }) => result));
    expect(canariesIn(JSON.stringify(issued?.calls))).toEqual(
      expect.arrayContaining(['default', 'baseline', 'override', 'scope', 'metadata']),
    );
  });

  test.each(OUTCOMES.map(({ result }, index) => [index, result] as const))(
    'values of every kind stand in no line and in no error text: outcome %i, %s',
    (index) => {
      const { written, calls } = performances[index] as Performance;
      const texts = calls.flatMap(({ error }) => JSON.stringify(error ?? ''));

      expect(written).toContain('"message":"token.');
      expect(canariesIn([written, ...texts].join('\n'))).toEqual([]);
    },
  );
});

test.each(['TokenGeneration_HostedAuth', 'TokenGeneration_RefreshTokens'])(
  'the sign-in of a user goes back as it came and leaves no line, with wrong settings too: %s',
  async (triggerSource) => {
    const trigger = await startTriggerProcess({ CLAIMS_CACHE_SECONDS: 'soon' });
    const event = { ...eventOf({ result: 'untouched' }, 'client'), triggerSource };

    const { answer } = await trigger.call(event);

    expect(answer).toEqual(event);
    expect(trigger.lines()).toEqual([]);
    await trigger.close();
  },
);
