import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { lambdaVariables } from '../lambda-runtime/lambda-variables.ts';
import { RUNTIME_CLIENTS } from '../lambda-runtime/runtime-clients.ts';
import type { TriggerProcess } from '../lambda-runtime/start-trigger-process.ts';
import { formatTable } from '../service/generated-blocks.ts';
import { checkBlock } from './page-block.ts';
import { TOKEN_ATTACKS } from './token-attacks.ts';
import { CLIENTS, eventWith, startTriggerWorld, type TriggerWorld } from './trigger-world.ts';

let world: TriggerWorld;

beforeAll(async () => {
  world = await startTriggerWorld();
});

afterAll(() => world.close());

describe.each(RUNTIME_CLIENTS)('the built bundle in the runtime client of $name', (client) => {
  let trigger: TriggerProcess;

  beforeAll(async () => {
    trigger = await world.startTrigger(client);
  });

  afterAll(() => trigger.close());

  beforeEach(() => {
    world.staff.requests.length = 0;
    world.stranger.requests.length = 0;
  });

  afterEach(() => {
    // Only their issuer is ever asked for keys.
    expect(world.stranger.requests).toEqual([]);
  });

  test('the built bundle puts the user of a good token into the token of the client', async () => {
    const event = eventWith(CLIENTS.required, { user_token: world.staff.sign() });

    const { answer } = await trigger.call(event);

    expect(JSON.stringify(answer)).toContain('"on_behalf_of":"user-1"');
  });

  test.each(TOKEN_ATTACKS)(
    'the built bundle refuses $attack: $code',
    async ({ metadata, code, laterMs }) => {
      const sent = metadata(world);

      const { answer, error } = await trigger.call(eventWith(CLIENTS.required, sent), laterMs);

      expect(answer).toBeUndefined();
      expect(error?.errorMessage).toMatch(new RegExp(`\\(${code}\\)$`));
      const secrets = Object.values(sent).flatMap((value) => value.split('.')[2] ?? []);
      for (const secret of secrets.filter((text) => text.length > 8)) {
        expect(trigger.written()).not.toContain(secret);
      }
    },
  );

  test('the built bundle refuses a forged token although the client can do without one', async () => {
    const token = world.stranger.sign({ iss: world.staff.issuer });
    const event = eventWith(CLIENTS.optional, { user_token: token });

    const { error } = await trigger.call(event);

    expect(error?.errorMessage).toContain('ERR_TOKEN_KEY_UNKNOWN');
  });

  test('the built bundle takes nothing from a good token for a client that declares nothing', async () => {
    const event = eventWith(CLIENTS.plain, { user_token: world.staff.sign() });

    const { answer } = await trigger.call(event);

    expect(JSON.stringify(answer)).not.toContain('on_behalf_of":');
  });
});

test.each<[string, (token: string) => string, boolean]>([
  ['a good token', (token) => token, true],
  ['a token with another signature', (token) => `${token.slice(0, -8)}AAAAAAAA`, false],
  ['two tokens in one', (token) => `${token}.${token}`, false],
])('the built bundle keeps no part of %s in memory', async (_what, change, isVerified) => {
  const bundle = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  const script = fileURLToPath(new URL('heap-after-token.mjs', import.meta.url));
  const event = eventWith(CLIENTS.required, { user_token: change(world.staff.sign()) });

  const { stderr } = await promisify(execFile)(process.execPath, ['--expose-gc', script, bundle], {
    env: {
      ...lambdaVariables(dirname(fileURLToPath(bundle))),
      ...world.variables,
      TEST_EVENT: JSON.stringify(event),
    },
  });

  expect(stderr).toContain(`RESULT ${JSON.stringify({ isVerified, kept: [] })}`);
});

test('the documentation lists every attack', async () => {
  const rows = TOKEN_ATTACKS.map(({ attack, code }) => [attack, `\`${code}\``]);

  const { page, expected } = await checkBlock(
    'attacks',
    formatTable([['attack', 'refused with'], ...rows]),
  );

  expect(page).toBe(expected);
});
