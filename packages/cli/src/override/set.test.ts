import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { explain } from '../explain/explain.ts';
import { createPrompt, createStyle, type Prompt } from '../frame/terminal.ts';
import { history } from '../history/history.ts';
import { overrideCommands, type SetInput } from './commands.ts';

const { disable, enable, rollback, set, unset } = overrideCommands;

let deployment: TestDeployment;
let clientCount = 0;
let clientName = '';
const NAMES = Array.from({ length: 24 }, (_, index) => `worker-${index}`);
beforeAll(async () => {
  const clients = {
    ...Object.fromEntries(NAMES.map((name) => [name, aClient()])),
    scoped: aClient({ claimsByScope: { 'orders/write': { approval_limit: 5000 } } }),
  };
  deployment = await startDeployment(anEnvironment({ pools: { payments: aPool({ clients }) } }));
});
afterAll(() => deployment.close());
// Each test changes a client of its own.
beforeEach(() => {
  clientName = NAMES[clientCount] ?? '';
  clientCount += 1;
});

function input(changes: Partial<SetInput> = {}): SetInput {
  return {
    poolName: 'payments',
    clientName,
    claims: ['tier=free'],
    reason: 'a test',
    isConfirmed: true,
    expiresIn: undefined,
    ...changes,
  };
}

function asked(answer: boolean): Prompt & { readonly texts: string[] } {
  const texts: string[] = [];
  return {
    texts,
    confirm: async (text, question) => {
      texts.push(text, question);
      return answer;
    },
  };
}

async function explainedClaims(): Promise<string> {
  const request = { poolName: 'payments', clientName, scopes: [], metadata: [], at: undefined };
  return JSON.stringify((await explain(deployment.context(), request)).json);
}

async function readRevisions(): Promise<object> {
  return (await history(deployment.context(), { poolName: 'payments', clientName })).json;
}

describe('set', () => {
  test('set writes the next revision, which explain shows', async () => {
    const { json, text } = await set(deployment.context(), input());

    expect(json).toMatchObject({
      isWritten: true,
      revision: 1,
      isTokenChanged: true,
      hidden: [],
      before: { token: 'issued', claims: { tier: 'premium' } },
      after: { token: 'issued', claims: { tier: 'free' } },
      diff: [{ name: 'tier', change: 'changed', before: 'premium', after: 'free' }],
    });
    expect(text(createStyle({ hasColours: false }))).toContain('~ tier "premium" → "free"');
    expect(await explainedClaims()).toContain('"value":"free","layer":"override"');
  });

  test('set shows the token before and after, asks, and takes a yes', async () => {
    const prompt = asked(true);

    const { json } = await set(deployment.context({ prompt }), input({ isConfirmed: false }));

    expect(json).toMatchObject({ isWritten: true, revision: 1 });
    expect(prompt.texts[0]).toContain('Token before');
    expect(prompt.texts[0]).toContain('Revision 1\n  reason: a test');
    expect(prompt.texts[1]).toContain(`payments / ${clientName} to test on local Cognito`);
  });

  test('set names every fault at once and writes nothing', async () => {
    const claims = ['tier=gold', 'approval_limit=x', 'foo=1', 'sub=1', 'tier=free'];

    const refused = set(deployment.context(), input({ claims }));

    await expect(refused).rejects.toMatchObject({
      code: 'ERR_CHANGE_REFUSED',
      message: expect.stringMatching(
        /tier: given more than once[\s\S]*approval_limit: wrong type[\s\S]*foo[\s\S]*sub/,
      ),
    });
    expect(await readRevisions()).toMatchObject({ revisions: [] });
  });

  test.each([
    [['tier=gold', 'approval_limit=x'], /approval_limit[\s\S]*tier/],
    [['tier=free', 'tier=premium'], /tier: given more than once/],
  ])('set refuses %j', async (claims, message) => {
    const refused = set(deployment.context(), input({ claims }));

    await expect(refused).rejects.toThrow(message);
  });

  test('set writes nothing after a no', async () => {
    const { json, exitCode } = await set(
      deployment.context({ prompt: asked(false) }),
      input({ isConfirmed: false }),
    );

    expect(exitCode).toBe(1);
    expect(json).toMatchObject({ isWritten: false, revision: 0 });
    expect(await readRevisions()).toMatchObject({ revisions: [] });
  });

  test('set without --yes and without a terminal names --yes', async () => {
    const prompt = createPrompt({ input: process.stdin, output: process.stderr });
    const run = set(deployment.context({ prompt }), input({ isConfirmed: false }));

    await expect(run).rejects.toMatchObject({
      code: 'ERR_CONFIRMATION_NEEDED',
      next: 'the same command with --yes',
    });
  });

  test('set says when claims expire and why they are set: before it asks, after it wrote, in JSON', async () => {
    const prompt = asked(true);
    const asking = input({ expiresIn: '2h', isConfirmed: false });

    const { json, text } = await set(deployment.context({ prompt }), asking);

    const line = 'tier expires 2026-06-01T14:00:00Z';
    expect(prompt.texts[0]).toContain(line);
    expect(text(createStyle({ hasColours: false }))).toBe(
      `Wrote revision 1 of payments / ${asking.clientName}. In 30 s at the latest new tokens carry it.\n${line}.`,
    );
    expect(json).toMatchObject({
      reason: 'a test',
      expiresAt: { tier: '2026-06-01T14:00:00Z' },
    });
    expect(await readRevisions()).toMatchObject({
      revisions: [{ revision: 1, expiresAt: { tier: '2026-06-01T14:00:00Z' } }],
    });
  });

  test('set without an expiry takes the old one away, which is a change here and in history', async () => {
    await set(deployment.context(), input({ expiresIn: '2h' }));

    const { json, text } = await set(deployment.context(), input());

    const expiryChanges = [{ name: 'tier', before: '2026-06-01T14:00:00Z', after: null }];
    const line = '~ tier: expires 2026-06-01T14:00:00Z → never';
    const rendered = text(createStyle({ hasColours: false }));
    const told = await history(deployment.context(), { poolName: 'payments', clientName });
    expect(json).toMatchObject({ isWritten: true, isTokenChanged: false, diff: [], expiryChanges });
    expect(rendered).toContain(`Changes\n  ${line}`);
    expect(rendered).toMatch(
      /Wrote revision 2 of payments \/ worker-\d+\. No token changes now\.$/,
    );
    expect(told.json).toMatchObject({ revisions: [{ changes: [], expiryChanges }, {}] });
    expect(told.text(createStyle({ hasColours: false }))).toContain(`a test\n  ${line}`);
  });

  test('one of two simultaneous set commands wins, the other says so, and nothing is lost', async () => {
    const results = await Promise.allSettled([
      set(deployment.context({ prompt: asked(true) }), input({ claims: ['tier=free'] })),
      set(deployment.context({ prompt: asked(true) }), input({ claims: ['approval_limit=1'] })),
    ]);

    const losses = results.filter(({ status }) => status === 'rejected');
    expect(losses).toMatchObject([
      {
        reason: {
          code: 'ERR_STORE_LOST_RACE',
          next: { m2m: `history payments ${clientName}`, afterwards: 'then your command again' },
        },
      },
    ]);
    expect(await readRevisions()).toMatchObject({ revisions: [{ revision: 1 }] });
  });
});

describe('a claim that a scope sets, too', () => {
  test('a claim that a scope sets, too is said to leave the token with all scopes as it is', async () => {
    const scoped = input({ clientName: 'scoped', claims: ['approval_limit=100'] });

    const { json, text } = await set(deployment.context(), scoped);

    expect(json).toMatchObject({
      isWritten: true,
      request: { scopes: ['orders/read', 'orders/write'], metadataKeys: [] },
      isTokenChanged: false,
      before: { claims: { approval_limit: 5000 } },
      after: { claims: { approval_limit: 5000 } },
      diff: [],
      hidden: [
        {
          name: 'approval_limit',
          change: 'added',
          after: 100,
          when: 'no scope',
          hiddenBy: { layer: 'scope', source: 'orders/write' },
        },
      ],
    });
    expect(text(createStyle({ hasColours: false }))).toContain(
      'Wrote revision 1 of payments / scoped. In 30 s at the latest new tokens carry it as shown above; the token with all scopes does not change.',
    );
  });

  test('a claim that a scope sets, too is distinguished from a claim that every new token carries', async () => {
    const claims = ['tier=free', 'approval_limit=101'];

    const { text } = await set(deployment.context(), input({ clientName: 'scoped', claims }));

    expect(text(createStyle({ hasColours: false }))).toMatch(
      /new tokens carry it as shown above\.$/,
    );
  });
});

describe('the other changes', () => {
  test('unset shows the environment file again', async () => {
    await set(deployment.context(), input());

    await unset(deployment.context(), { ...input(), names: ['tier'] });

    expect(await explainedClaims()).toContain('"value":"premium","layer":"baseline"');
  });

  test('rollback adds a revision, and history tells it all', async () => {
    await set(deployment.context(), input());
    await set(deployment.context(), input({ claims: ['tier=premium'], reason: 'paid' }));

    await rollback(deployment.context(), { ...input({ reason: 'bounced' }), to: '1' });

    expect(await readRevisions()).toMatchObject({
      revisions: [
        { revision: 3, reason: 'bounced', changes: [{ name: 'tier', after: 'free' }] },
        { revision: 2, reason: 'paid', changes: [{ name: 'tier', after: 'premium' }] },
        { revision: 1, changes: [{ name: 'tier', change: 'added', after: 'free' }] },
      ],
    });
  });

  test('rollback to what is not a number is an error', async () => {
    const run = async () => rollback(deployment.context(), { ...input(), to: 'r1' });

    await expect(run()).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' });
  });

  test('disable takes the token away until enable', async () => {
    const { text } = await disable(deployment.context(), input());
    expect(text(createStyle({ hasColours: false }))).toContain(
      'the client gets no new token; issued ones stay valid until they expire.',
    );
    expect(await explainedClaims()).toContain('"token":"ERR_CLIENT_DISABLED"');

    await enable(deployment.context(), input());
    expect(await explainedClaims()).toContain('"token":"issued"');
  });

  test('a change to the same values writes nothing', async () => {
    const { json, text } = await enable(deployment.context(), input());

    expect(json).toMatchObject({ isWritten: false, revision: 0, diff: [] });
    expect(text(createStyle({ hasColours: false }))).toMatch(/^Nothing to change/);
  });
});
