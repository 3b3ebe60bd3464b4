import { readFile } from 'node:fs/promises';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runLine } from '../test/run-line.ts';
import { startDeployment, type TestDeployment } from '../test/start-deployment.ts';
import { explain } from './explain/explain.ts';
import { history } from './history/history.ts';
import { list } from './list/list.ts';
import { overrideCommands, type SetInput } from './override/commands.ts';
import { plan } from './plan/plan.ts';
import { token } from './token/token.ts';
import { who } from './who/who.ts';

const { set } = overrideCommands;

const TRIGGER_BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
const FOLDER = new URL('../../../docs/reference/', import.meta.url);
const DOCUMENTATION = await readFile(new URL('commands.md', FOLDER), 'utf8');
const PAGES = ['see', 'change', 'prove', 'json'].map((page) =>
  readFile(new URL(`commands/${page}.md`, FOLDER), 'utf8'),
);
const REFERENCE = (await Promise.all(PAGES)).join('\n');
const CLIENT = { poolName: 'payments', clientName: 'billing-worker' };
const REQUEST = { ...CLIENT, scopes: [], metadata: [] };
const CHANGE: SetInput = {
  ...CLIENT,
  claims: ['tier=free'],
  expiresIn: '2h',
  reason: 'a test',
  isConfirmed: true,
};
const ALL = { poolName: undefined };

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment(), { triggerBundle: TRIGGER_BUNDLE });
  await set(deployment.context(), CHANGE);
});
afterAll(() => deployment.close());

/** The type of a command's document in the reference, and the types that it is made of. */
function typesOf(command: string): string {
  const [, types] = REFERENCE.split(`<!-- begin: json ${command} -->`);
  if (types === undefined) throw new Error(`The reference has no JSON of ${command}.`);
  return types.split('<!-- end: ')[0] ?? '';
}

/** The names of the document's members, those that it takes from another type included, with a `?` where they may be absent. */
function namesOf(types: string): string[] {
  const [document = ''] = /^interface [\s\S]*?^\}/m.exec(types) ?? [];
  const own = [...document.matchAll(/^ {2}readonly (\w+\??):/gm)].map(([, name = '']) => name);
  const [, base] = /^interface \w+ extends (\w+) /.exec(document) ?? [];
  if (base === undefined) return own;
  return [...own, ...namesOf(REFERENCE.slice(REFERENCE.indexOf(`\ninterface ${base} {`)))];
}

/** Every name inside a document, but for those that are claims. */
function innerNames(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json)) return json.flatMap(innerNames);
  return Object.entries(json).flatMap(([name, value]) => {
    const isMap = (name === 'claims' && !Array.isArray(value)) || name === 'expiresAt';
    return isMap ? [name] : [name, ...innerNames(value)];
  });
}

async function answer(argv: readonly string[]): Promise<object> {
  return JSON.parse((await runLine([...argv, '--json'])).stdout);
}

test.each<[string, () => Promise<object>]>([
  ['list', async () => (await list(deployment.context(), ALL)).json],
  [
    'explain',
    async () => (await explain(deployment.context(), { ...REQUEST, at: undefined })).json,
  ],
  ['who', async () => (await who(deployment.context(), { ...ALL, claim: 'tier' })).json],
  ['history', async () => (await history(deployment.context(), CLIENT)).json],
  [
    'set',
    async () => (await set(deployment.context(), { ...CHANGE, claims: ['tier=premium'] })).json,
  ],
  ['plan', async () => (await plan(deployment.context(), ALL)).json],
  ['token', async () => (await token(deployment.context(), { ...REQUEST, isAll: false })).json],
])('the shape of %s is what the command answers', async (command, run) => {
  const json = await run();

  const documented = namesOf(typesOf(command));
  const names = documented.map((name) => name.replace('?', ''));
  const required = documented.filter((name) => !name.endsWith('?'));
  expect(names).toEqual(expect.arrayContaining(Object.keys(json)));
  expect(Object.keys(json)).toEqual(expect.arrayContaining(required));
  const known = new Set(REFERENCE.match(/\w+/g));
  expect(innerNames(json).filter((name) => !known.has(name))).toEqual([]);
});

test('an error has the documented shape', async () => {
  expect(DOCUMENTATION).toContain('`{ "error": { "code", "message", "next" } }`');
  expect(await answer(['list'])).toEqual({
    error: { code: expect.any(String), message: expect.any(String), next: expect.any(String) },
  });
});
