import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listFiles } from '../house/source-tree.ts';
import { repositoryRoot } from '../support/repository.ts';

/** A block of TypeScript in a page. */
interface Block {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

/** In the folder of the tests, so that packages are found; ignored by git. */
const DIRECTORY = join(import.meta.dirname, '.typescript-blocks');
const COMPILE_TIMEOUT_MS = 240_000;

const ENVIRONMENT = `import { defineEnvironment } from '@cognito-m2m/environment/fixtures';
const base = { name: 'prod', region: 'eu-central-1', owner: 'platform' } as const;
const pool = {
  domainPrefix: 'acme-prod-payments',
  resourceServers: { orders: { name: 'Orders API', scopes: { read: 'Read', write: 'Write' } } },
};
const pools = {};`;

/** Blocks of these pages are one module. */
const COMMANDS_FOLDER = 'docs/reference/commands/';

/** What a reader has in hand before the block, by page. */
const PRELUDES: { readonly [page: string]: string } = {
  'docs/token-client.md': `import type { TokenClient, TokenClientOptions } from '@cognito-m2m/token-client';
import { createTokenClient } from '@cognito-m2m/token-client';
declare const given: { tokens: TokenClient; request: Request } & Pick<TokenClientOptions, 'endpoint' | 'credentials'>;
const { endpoint, credentials, request } = given;`,
  'docs/verify-in-your-api.md': `import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { bindContract } from '@cognito-m2m/verifier/bind-contract';
declare const event: { requestContext: object };
const { createGatewayClaimsReader } = bindContract(contract);`,
};

/** What stands for the modules of a reader's own repository. */
const OWN_MODULES: readonly (readonly [RegExp, string])[] = [
  [/@cognito-m2m\/contract\/verifier/g, '../../service/fixture-verifier.ts'],
  [/\.\/claim-contract\.js/g, '../examples/claim-contract.ts'],
  [/\.\/verifier\.js/g, '../examples/verifier.ts'],
  [/@cognito-m2m\/contract(?=')/g, '@cognito-m2m/environment/fixtures'],
  [/\.\/orders-handler\.ts/g, '../../service/orders-handler.ts'],
];

/** Makes a module of a block, as the place in which a reader would write it. */
function toModule(block: Block): string {
  return OWN_MODULES.reduce((code, [module, file]) => code.replace(module, file), inPlace(block));
}

function inPlace({ page, code }: Block): string {
  if (/^(?:import|export) /m.test(code) && !/^const tokens|^tokens\./m.test(code)) return code;
  if (/^'[\w-]+': \{/.test(code)) {
    return `${ENVIRONMENT}\nexport default defineEnvironment({ ...base, pools: { payments: { ...pool, clients: {\n${code}\n} } } });`;
  }
  if (/^pools: \{/.test(code)) {
    return `${ENVIRONMENT}\nexport default defineEnvironment({ ...base,\n${code}\n});`;
  }
  if (/^(?:customDomain|userTrigger|existing): /.test(code)) {
    return `${ENVIRONMENT}\nexport default defineEnvironment({ ...base, pools: { payments: { ...pool, clients: {},\n${code}\n} } });`;
  }
  if (/^(?:state|watch): /.test(code)) {
    const lines = code.split('\n').filter((line) => line !== '');
    return `${ENVIRONMENT}\nexport default [\n${lines.map((line) => `defineEnvironment({ ...base, pools,\n${line}\n}),`).join('\n')}\n];`;
  }
  if (/^\w+: \{\n {2}type:/.test(code)) {
    return `import { defineContract } from '@cognito-m2m/claim-schema';\nexport default defineContract({\n${code}\n});`;
  }
  const prelude = PRELUDES[page] ?? '';
  const tokens = /const tokens/.test(code) ? '' : 'const { tokens } = given;';
  return `${prelude}\n${page === 'docs/token-client.md' ? tokens : ''}\n${code}\nexport {};`;
}

function blocksIn(page: string, text: string): Block[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1] ?? '',
  }));
}

async function compile(modules: ReadonlyMap<string, string>): Promise<string[]> {
  await rm(DIRECTORY, { recursive: true, force: true });
  await mkdir(DIRECTORY, { recursive: true });
  const config = {
    extends: '../../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false },
    include: ['./*.ts'],
    exclude: [],
  };
  await writeFile(join(DIRECTORY, 'tsconfig.json'), JSON.stringify(config));
  for (const [name, code] of modules) await writeFile(join(DIRECTORY, name), code);
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const args = [join(typescript, 'bin', 'tsc'), '--noEmit', '-p', DIRECTORY];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error) => error);
  return String(stdout)
    .split('\n')
    .filter((line) => line.includes('error TS'));
}

let pages: string[];
beforeAll(async () => {
  pages = (await listFiles('README.md', 'docs/*.md')).filter((page) => !/decisions\//.test(page));
});
afterAll(() => rm(DIRECTORY, { recursive: true, force: true }));

test(
  'every block of TypeScript in the documentation compiles where a reader would write it',
  async () => {
    const texts = await Promise.all(
      pages.map(
        async (page) => [page, await readFile(join(repositoryRoot, page), 'utf8')] as const,
      ),
    );
    const blocks = texts.flatMap(([page, text]) => blocksIn(page, text));
    // The types of the documents of all commands refer to each other.
    const reference = blocks.filter(({ page }) => page.startsWith(COMMANDS_FOLDER));
    const modules = new Map(
      blocks
        .filter((block) => !reference.includes(block))
        .map((block) => [`${block.page.replaceAll(/\W/g, '-')}-${block.line}.ts`, toModule(block)]),
    );
    modules.set(
      'reference.ts',
      `type Place = object;\ntype Repair = object;\n${reference.map(({ code }) => code).join('\n')}\nexport {};`,
    );

    expect(modules.size).toBeGreaterThan(10);
    expect(await compile(modules)).toEqual([]);
  },
  COMPILE_TIMEOUT_MS,
);

test(
  'a block that names a claim which the contract does not have is found',
  async () => {
    const code =
      "'billing-worker': {\n  description: 'x',\n  claims: { no_such_claim: '1' },\n},\n";

    const faults = await compile(new Map([['wrong.ts', toModule({ page: 'x', line: 1, code })]]));

    expect(faults).toEqual([expect.stringContaining('no_such_claim')]);
  },
  COMPILE_TIMEOUT_MS,
);
