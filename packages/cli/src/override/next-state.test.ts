import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { explain } from '../explain/explain.ts';
import { createStyle } from '../frame/terminal.ts';
import { history } from '../history/history.ts';
import { overrideCommands, type SetInput } from './commands.ts';

const { rollback, set, unset } = overrideCommands;

const LIMITS = { perMinute: 600, burst: { calls: 50, seconds: 1.5 }, regions: ['eu'] };
let deployment: TestDeployment;
beforeAll(async () => {
  const clients = {
    limited: aClient({ claims: { tier: 'free', limits: LIMITS } }),
    plain: aClient(),
    bare: aClient(),
  };
  deployment = await startDeployment(anEnvironment({ pools: { payments: aPool({ clients }) } }));
});
afterAll(() => deployment.close());

const limited = (changes: Partial<SetInput>): SetInput => ({
  poolName: 'payments',
  clientName: 'limited',
  claims: [],
  reason: 'a test',
  isConfirmed: true,
  expiresIn: undefined,
  ...changes,
});
// Each test leaves the client as the environment file has it.
afterEach(async () => {
  const { json } = await history(deployment.context(), {
    poolName: 'payments',
    clientName: 'limited',
  });
  if ((json as { revisions: readonly object[] }).revisions.length > 0) {
    await rollback(deployment.context(), { ...limited({}), to: '0' });
  }
});
const setLimits = (claims: string[], changes: Partial<SetInput> = {}) =>
  set(deployment.context(), limited({ claims, ...changes }));
const unsetLimits = (...names: string[]) => unset(deployment.context(), { ...limited({}), names });
const explainLimits = async () => {
  const request = { poolName: 'payments', scopes: [], metadata: [], at: undefined };
  return explain(deployment.context(), { ...request, clientName: 'limited' });
};

test.each([
  ['limits.perMinute=30', { ...LIMITS, perMinute: 30 }, '~ limits.perMinute 600 → 30'],
  [
    'limits.burst.calls=1',
    { ...LIMITS, burst: { calls: 1, seconds: 1.5 } },
    '~ limits.burst.calls 50 → 1',
  ],
  ['limits.regions=eu, us', { ...LIMITS, regions: ['eu', 'us'] }, '~ limits.regions'],
  ['limits.burst={"calls":2}', { ...LIMITS, burst: { calls: 2 } }, '- limits.burst.seconds 1.5'],
])('%s keeps the other members and shows only what changes', async (claim, limits, line) => {
  const { json, text } = await setLimits([claim]);

  expect(json).toMatchObject({
    isWritten: true,
    after: { claims: { limits } },
    diff: [{ name: 'limits', change: 'changed', before: LIMITS, after: limits }],
  });
  expect(text(createStyle({ hasColours: false }))).toContain(line);
});

test('a member is shown by explain with the members that the override changes', async () => {
  await setLimits(['limits.perMinute=30', 'limits.burst.calls=1']);

  const { json, text } = await explainLimits();

  expect(json).toMatchObject({
    claims: expect.arrayContaining([
      expect.objectContaining({
        name: 'limits',
        layer: 'override',
        members: ['limits.burst.calls', 'limits.perMinute'],
      }),
    ]),
  });
  expect(text(createStyle({ hasColours: false }))).toContain('override (limits.burst.calls');
});

test('a member builds on the override, and unset restores one member after the other', async () => {
  await setLimits(['limits.perMinute=30']);
  await setLimits(['limits.burst.calls=1']);

  const first = await unsetLimits('limits.perMinute');
  const second = await unsetLimits('limits.burst.calls');

  expect(first.json).toMatchObject({
    after: { claims: { limits: { ...LIMITS, burst: { calls: 1, seconds: 1.5 } } } },
  });
  expect(second.json).toMatchObject({ after: { claims: { limits: LIMITS } } });
  expect(JSON.stringify((await explainLimits()).json)).toContain('"layer":"baseline"');
  expect(JSON.stringify((await explainLimits()).json)).not.toContain('"layer":"override"');
});

test('a member of a client without the claim makes the object', async () => {
  const { json } = await setLimits(['limits.perMinute=30'], { clientName: 'plain' });

  expect(json).toMatchObject({ diff: [{ change: 'added', after: { perMinute: 30 } }] });
});

test.each([
  ['the wrong type', ['limits.perMinute=lots'], /limits\.perMinute: wrong type.*number/],
  ['a number out of range', ['limits.perMinute=0'], /limits\.perMinute: too small.*at least 1/],
  ['a number that is not whole', ['limits.burst.calls=1.5'], /limits\.burst\.calls: not a whole/],
  ['a misspelled member', ['limits.perMinutee=30'], /limits\.perMinutee.*limits\.perMinute, /],
  ['an element that is not allowed', ['limits.regions=mars'], /limits\.regions.*one of eu, us/],
  ['too many elements', ['limits.regions=eu,us,eu'], /limits\.regions: too many/],
  ['a member with its claim', ['limits={}', 'limits.perMinute=1'], /together with an object/],
  [
    'a member with its own object',
    ['limits.burst={"calls":1}', 'limits.burst.seconds=1'],
    /limits\.burst\.seconds: given together with an object/,
  ],
  ['the same member twice', ['limits.perMinute=1', 'limits.perMinute=2'], /more than once/],
])('set refuses %s', async (_case, claims, message) => {
  await expect(setLimits(claims)).rejects.toMatchObject({
    code: 'ERR_CHANGE_REFUSED',
    message: expect.stringMatching(message),
  });
});

test('a member without a required sibling is refused by the whole value', async () => {
  const refused = setLimits(['limits.regions=eu'], { clientName: 'bare' });

  await expect(refused).rejects.toThrow(/limits\.perMinute: missing/);
});

test('a member never changes when its siblings expire', async () => {
  await setLimits(['limits.perMinute=30']);
  await expect(setLimits(['limits.burst.calls=1'], { expiresIn: '2h' })).rejects.toThrow(
    /limits\.burst\.calls: the override of limits does not expire/,
  );

  await setLimits(['limits={"perMinute":5}'], { expiresIn: '2h' });
  await expect(setLimits(['limits.perMinute=6'])).rejects.toThrow(
    /the override of limits expires 2026-06-01T14:00:00Z/,
  );
  const { json } = await setLimits(['limits.perMinute=6'], { expiresIn: '3h' });
  expect(json).toMatchObject({ expiresAt: { limits: '2026-06-01T15:00:00Z' } });
});

test.each([[['limits.perMinute']], [['limits.burst.calls', 'limits.regions']]])(
  'unset of %j that the override does not set is refused',
  async (names) => {
    await expect(unsetLimits(...names)).rejects.toThrow(
      `${names[0]}: the override does not set it`,
    );
  },
);

test('one of two members set at once wins, and no member is lost', async () => {
  const results = await Promise.allSettled(
    ['limits.perMinute=30', 'limits.burst.calls=1'].map((claim) => setLimits([claim])),
  );

  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(lost).toMatchObject([{ code: 'ERR_STORE_LOST_RACE' }]);
});
