import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toJsonSchema } from './config-schema.ts';
import { readConfig } from './read-config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, text: string) {
  const file = join(folder, name);
  await writeFile(file, text);
  return readConfig(file);
}

const CLIENT = { scopes: ['notes/read'] };

test.each([
  ['a.json', JSON.stringify({ pools: { notes: { clients: { worker: CLIENT } } } })],
  ['a.json5', "{ pools: { notes: { clients: { worker: { scopes: ['notes/read'] }, }, }, }, } // x"],
  ['a.yaml', 'pools:\n  notes:\n    clients:\n      worker:\n        scopes: [notes/read]\n'],
  ['a.yml', 'pools: { notes: { clients: { worker: { scopes: [notes/read] } } } }'],
])('%s is read', async (name, text) => {
  await expect(read(name, text)).resolves.toEqual({
    pools: { notes: { clients: { worker: CLIENT } } },
  });
});

test('paths are relative to the file', async () => {
  const config = await read(
    'paths.yaml',
    [
      'data: ./state',
      'tls: { cert: cert.pem, key: key.pem }',
      'trigger: { bundle: dist/index.mjs, envFile: .env }',
      'triggers: { other: other.mjs }',
      'pools: {}',
    ].join('\n'),
  );

  expect(config).toMatchObject({
    data: join(folder, 'state'),
    tls: { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') },
    trigger: { bundle: join(folder, 'dist/index.mjs'), envFile: join(folder, '.env') },
    triggers: { other: join(folder, 'other.mjs') },
  });
});

test.each([
  [
    'broken.json',
    '{ pools: ',
    'ERR_LOCAL_CONFIG_UNREADABLE',
    /broken\.json cannot be parsed: JSON5/,
  ],
  ['broken.yaml', 'pools: {', 'ERR_LOCAL_CONFIG_UNREADABLE', /broken\.yaml cannot be parsed: /],
  ['wrong.yaml', 'pools: []', 'ERR_LOCAL_CONFIG_INVALID', /wrong\.yaml is not valid: 1 fault/],
])('%s is refused', async (name, text, code, message) => {
  const reading = read(name, text);

  await expect(reading).rejects.toMatchObject({ code });
  await expect(reading).rejects.toThrow(message);
});

test('a file that is not there is refused', async () => {
  await expect(readConfig(join(folder, 'nowhere.json'))).rejects.toMatchObject({
    code: 'ERR_LOCAL_CONFIG_UNREADABLE',
  });
});

test('the JSON schema names every behaviour and every member', async () => {
  const { BEHAVIOUR_NAMES } = await import('../model/behaviour.ts');
  const schema = toJsonSchema() as { properties: Record<string, { properties?: object }> };

  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  expect(Object.keys(schema.properties['behaviour']?.properties ?? {})).toEqual(BEHAVIOUR_NAMES);
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['$schema', 'pools', 'trigger', 'triggers', 'tls', 'region']),
  );
});

test('the documentation shows a configuration that is valid', async () => {
  const page = await readFile(
    new URL('../../../../docs/local-cognito.md', import.meta.url),
    'utf8',
  );
  const [, yaml = ''] = /```yaml\n(# cognito\.yaml[\s\S]*?)```/.exec(page) ?? [];

  await expect(read('docs.yaml', yaml)).resolves.toMatchObject({ pools: expect.anything() });
});
