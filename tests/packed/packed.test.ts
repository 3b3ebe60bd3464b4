import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { runM2m } from '../support/m2m.ts';
import { repositoryRoot } from '../support/repository.ts';
import {
  anotherRepository,
  carefulService,
  commonJsProgram,
  EXPECTED_OUTPUT,
  esmProgram,
  forgetfulServices,
  typedService,
} from './consumer-code.ts';
import { type ConsumerProject, createConsumerProject } from './consumer-project.ts';

/** Each entry with everything it needs, minified: what it may add to the bundle of a service, in bytes. */
const BUNDLE_BUDGETS_BYTES = {
  '@cognito-m2m/verifier': 25_000,
  '@cognito-m2m/verifier/api-gateway-authorizer': 4_000,
  '@cognito-m2m/verifier/api-gateway-claims': 11_500,
  '@cognito-m2m/verifier/bind-contract': 28_000,
  '@cognito-m2m/verifier/express': 4_500,
  '@cognito-m2m/verifier/fastify': 4_500,
  '@cognito-m2m/verifier/middy': 4_500,
  '@cognito-m2m/token-client': 24_000,
  '@cognito-m2m/token-client/dynamo-token-store': 1_500,
};

/** The same, compressed as npm packs it. */
const PACKED_BUDGETS_BYTES: { readonly [entry: string]: number } = {
  '@cognito-m2m/token-client': 12_000,
};

/** Prints where the contract is, for the service and for the verifier in it. */
const RESOLVE_CONTRACT = `
const verifier = require.resolve('@cognito-m2m/verifier');
for (const path of [__dirname, verifier]) {
  console.log(require.resolve('@cognito-m2m/claim-schema', { paths: [path] }));
}
`;

let project: ConsumerProject;

beforeAll(async () => {
  project = await createConsumerProject();
}, 120_000);
afterAll(() => project?.remove());

test.each(['claim-schema', 'verifier', 'token-client'])(
  'npm does not pack the source folder of %s, and names the folder to pack',
  async (folder) => {
    const cwd = join(repositoryRoot, 'packages', folder);

    await expect(promisify(execFile)('npm', ['pack', '--dry-run'], { cwd })).rejects.toMatchObject({
      stderr: expect.stringContaining('Pack ./dist/package'),
    });
  },
);

describe('what npm packs, installed in an empty project', () => {
  test.each(['claim-schema', 'verifier', 'token-client'])(
    '%s holds built files and nothing else',
    async (folder) => {
      const archive = project.tarballs[folder] ?? '';
      const { stdout } = await promisify(execFile)('tar', ['tf', archive]);

      const others = stdout
        .split('\n')
        .filter(
          (file) =>
            !/^$|^package\/(package\.json|LICENSE|README\.md|dist\/(esm|cjs)\/.*\.(js|d\.ts|json))$/.test(
              file,
            ),
        );

      expect(others).toEqual([]);
      expect(stdout).not.toContain('.test.');
    },
  );

  test.each([
    ['an ECMAScript module', 'program.mjs', esmProgram],
    ['a CommonJS module', 'program.cjs', commonJsProgram],
  ])('the packed packages work from %s', async (_, file, text) => {
    const { code, output } = await project.run(file, text);

    expect({ code, output: JSON.parse(output) }).toEqual({ code: 0, output: EXPECTED_OUTPUT });
  });

  test('the packed packages share one contract, the newer one that the service has installed', async () => {
    const { output } = await project.run('resolve.cjs', RESOLVE_CONTRACT);

    const [service, verifier] = output.trim().split('\n');
    expect(verifier).toBe(service);
  });

  test.each(['service.mts', 'service.cts'])(
    'the packed packages have types for %s',
    async (file) => {
      const { output } = await project.compile({ [file]: typedService });

      expect(output).toBe('');
    },
    30_000,
  );

  test.each([
    ['verifier', 'createVerifier'],
    ['token-client', 'createTokenClient'],
  ])(
    'the packed packages compile the code of the page of %s',
    async (folder, factory) => {
      const page = join(project.directory, 'node_modules/@cognito-m2m', folder, 'README.md');
      const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(await readFile(page, 'utf8')) ?? [];

      expect(code).toContain(factory);
      expect(await project.compile({ 'page.mts': code })).toEqual({ code: 0, output: '' });
    },
    30_000,
  );

  test.each(['@cognito-m2m/token-client', '@cognito-m2m/token-client/dynamo-token-store'])(
    '%s runs in a runtime without the built-in modules of Node.js',
    async (entry) => {
      const { outputFiles } = await build({
        stdin: { contents: `export * from '${entry}';`, resolveDir: project.directory },
        bundle: true,
        format: 'esm',
        platform: 'browser',
        write: false,
      });

      expect(outputFiles[0]?.text).not.toMatch(/(?:from|import|require\()\s*["']/);
    },
  );

  test('the packed packages give another repository a verifier that the contract types, in one file', async () => {
    const { stdout } = await runM2m(['contract', 'typescript']);

    const { code, output } = await project.compile({
      'claim-contract.mts': stdout,
      'api.mts': anotherRepository,
    });

    expect({ code, output }).toEqual({ code: 0, output: '' });
  }, 30_000);

  test('the packed packages compile with every check spelled out, be it as null', async () => {
    expect(await project.compile({ 'careful.mts': carefulService })).toEqual({
      code: 0,
      output: '',
    });
  }, 30_000);

  test.each(forgetfulServices)(
    'the packed packages do not compile without $forgotten',
    async ({ file, complaint, text }) => {
      const { code, output } = await project.compile({ [file]: text });

      expect(code).not.toBe(0);
      expect(output.startsWith(`${file}(`)).toBe(true);
      expect(output).toMatch(complaint);
    },
    30_000,
  );

  test.each(Object.entries(BUNDLE_BUDGETS_BYTES))(
    'the packed packages add little to the bundle of a service: %s stays within %i bytes',
    async (entry, budgetBytes) => {
      const { outputFiles } = await build({
        stdin: { contents: `export * from '${entry}';`, resolveDir: project.directory },
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'node',
        mainFields: ['module', 'main'],
        write: false,
      });
      const contents = outputFiles[0]?.contents ?? new Uint8Array();
      const bytes = contents.length;
      const packedBytes = gzipSync(contents).length;

      expect(bytes).toBeGreaterThan(500);
      expect(bytes).toBeLessThanOrEqual(budgetBytes);
      expect(packedBytes).toBeLessThanOrEqual(PACKED_BUDGETS_BYTES[entry] ?? budgetBytes);
      process.stdout.write(
        `${entry} bundled: ${bytes} bytes of ${budgetBytes}, packed: ${packedBytes}\n`,
      );
    },
  );
});
