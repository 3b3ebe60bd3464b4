import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contract } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ContractCheck, runContractCheck } from './contract-command.ts';

const committed = fileURLToPath(new URL('../test/contract-files', import.meta.url));
const { approval_limit: limit, ...withoutLimit } = contract;

let directory: string;
let lines: string[];

beforeEach(async () => {
  lines = [];
  directory = await mkdtemp(join(tmpdir(), 'contract-'));
  for (const name of ['contract.snapshot.json', 'consumers']) {
    await cp(join(committed, name), join(directory, name), { recursive: true });
  }
});

afterEach(() => rm(directory, { recursive: true }));

describe('contract:check', () => {
  test('contract:check accepts a contract that equals its snapshot', async () => {
    const exitCode = await check({ contract, directory: committed });

    expect({ exitCode, lines }).toMatchObject({ exitCode: 0 });
  });

  test('contract:check names the consumer and the claim that a change breaks, and does not write the snapshot', async () => {
    const exitCode = await check({ contract: withoutLimit, isUpdate: true });

    expect(exitCode).toBe(2);
    expect(lines.join('\n')).toMatch(/BREAKS orders-api .*"approval_limit" claim removed/);
    expect(await readFile(join(directory, 'contract.snapshot.json'), 'utf8')).toContain(
      'approval_limit',
    );
  });

  test('contract:check lets a breaking change through once the consumer has agreed', async () => {
    const changed = { ...contract, approval_limit: { ...limit, type: 'string' } } as const;

    const before = await check({ contract: changed });
    const accepted = await check({ contract: changed, accept: 'orders-api', isUpdate: true });
    const after = await check({ contract: changed });

    expect([before, accepted, after]).toEqual([2, 0, 0]);
  });

  test('contract:check takes a change that breaks nobody into the snapshot', async () => {
    const { permissions: _, ...changed } = contract;

    const before = await check({ contract: changed });
    const updated = await check({ contract: changed, isUpdate: true });
    const after = await check({ contract: changed });

    expect([before, updated, after]).toEqual([2, 0, 0]);
    expect(lines.join('\n')).toMatch(/breaking {2}"permissions": claim removed/);
  });

  test('contract:check writes no contract that promises what it cannot keep', async () => {
    const unsafe: Contract = { ...contract, approval_limit: { ...limit, gatewaySafe: true } };

    expect(await check({ contract: unsafe, isUpdate: true })).toBe(2);
    expect(lines.join('\n')).toMatch(/approval_limit: a gateway-safe claim is a string/);
  });

  test.each([
    ['exp', { type: 'string', description: 'A claim.' }, /^contract exp: "exp" is reserved/],
    [
      'plan',
      { type: 'text', description: 'A claim.' },
      /^contract plan.type: .*expected one of string/,
    ],
    ['plan', { type: 'string' }, /^contract plan.description: missing \(expected/],
  ])(
    'contract:check calls a contract with a faulty claim not safe and writes nothing: %s, %j',
    async (name, definition, line) => {
      const faulty = { ...contract, [name]: definition } as Contract;
      const before = await readFiles();

      expect(await check({ contract: faulty, isUpdate: true, accept: 'orders-api' })).toBe(2);
      expect(lines).toEqual([
        expect.stringMatching(line),
        'Correct the contract first. Nothing was written.',
      ]);
      expect(await readFiles()).toEqual(before);
    },
  );

  test('contract:check lists the known consumers when asked about another', async () => {
    expect(await check({ contract, accept: 'nobody' })).toBe(1);
    expect(lines).toEqual(['Unknown consumer "nobody". Known consumers: orders-api.']);
  });
});

describe('a file that cannot be used', () => {
  test.each([
    ['contract.snapshot.json', '{', 'contract.snapshot.json: the file: is not valid JSON'],
    ['contract.snapshot.json', '[]', 'contract.snapshot.json: the file: is not an object'],
    [
      'contract.snapshot.json',
      '{ "tier": { "type": "string", "value": [] } }',
      'contract.snapshot.json: tier.value: unknown field (expected one of type, values, min, max, integer, pattern, maxLength, minItems, maxItems, required, gatewaySafe, verified, members)',
    ],
    ['consumers/orders-api.json', '', 'orders-api.json: the file: is not valid JSON'],
  ])('%s holding %s ends in exit code 1 and one plain line', async (file, text, line) => {
    await writeFile(join(directory, file), text);

    expect(await check({ contract })).toBe(1);
    expect(lines).toEqual([line]);
  });

  test('a file that is a folder ends in exit code 1 and one plain line', async () => {
    await rm(join(directory, 'contract.snapshot.json'));
    await mkdir(join(directory, 'contract.snapshot.json'));

    expect(await check({ contract })).toBe(1);
    expect(lines).toEqual(['contract.snapshot.json: the file: cannot be read']);
  });
});

describe('a contract without files', () => {
  test('a contract without files has only new claims, and --update writes its snapshot', async () => {
    await rm(directory, { recursive: true });
    await mkdir(directory);

    expect(await check({ contract })).toBe(2);
    expect(await check({ contract, isUpdate: true })).toBe(0);
    expect(await check({ contract })).toBe(0);
    expect(lines.filter((line) => line.startsWith('breaking'))).toEqual([]);
  });

  test('a contract without files has no consumer to accept it', async () => {
    await rm(join(directory, 'consumers'), { recursive: true });

    expect(await check({ contract, accept: 'orders-api' })).toBe(1);
    expect(lines).toEqual([
      'Unknown consumer "orders-api". The folder consumers holds no consumer.',
    ]);
  });
});

describe('what is written', () => {
  const { permissions: _, ...changed } = contract;

  test('--update says so, and says that nothing was to be written the second time', async () => {
    await check({ contract: changed, isUpdate: true });
    await check({ contract: changed, isUpdate: true });

    expect(lines).toEqual([
      'Wrote contract.snapshot.json.',
      'The contract equals its snapshot, and no consumer is broken.',
    ]);
  });

  test('--accept ends with 0 and names the next command where only the snapshot is left', async () => {
    const breaking = { ...contract, approval_limit: { ...limit, type: 'string' } } as const;

    expect(await check({ contract: breaking, accept: 'orders-api' })).toBe(0);
    expect(lines.at(0)).toBe('Wrote consumers/orders-api.json.');
    expect(lines.at(-1)).toContain('contract:check --update');
  });

  test("--accept changes what the consumer reads and leaves every other character of its owner's file", async () => {
    const file = join(directory, 'consumers/other.json');
    const reads = (type: string) =>
      `{\n    "approval_limit": {\n      "type": "${type}"\n    }\n  }`;
    const text = (read: string) =>
      `{\n  "owner":   "b",\n  "reads": ${read},\n\n  "name": "other"\n}\n`;
    await writeFile(file, text(reads('number')));
    const breaking = { ...contract, approval_limit: { ...limit, type: 'string' } } as const;

    await check({ contract: breaking, accept: 'other' });

    expect(await readFile(file, 'utf8')).toBe(text(reads('string')));
  });

  test('--accept of one consumer ends with 2 while another one breaks', async () => {
    const other = { name: 'other', owner: 'b', reads: { approval_limit: { type: 'number' } } };
    await writeFile(join(directory, 'consumers/other.json'), JSON.stringify(other));
    const breaking = { ...contract, approval_limit: { ...limit, type: 'string' } } as const;

    expect(await check({ contract: breaking, accept: 'orders-api' })).toBe(2);
    expect(lines.join('\n')).toMatch(/BREAKS other/);
  });

  test('what is written is formatted as the check of this repository wants it', async () => {
    await check({ contract: changed, accept: 'orders-api', isUpdate: true });

    for (const text of await readFiles()) {
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    }
    // The committed files pass the formatter; so does whatever is laid out alike.
    for (const file of FILES) {
      const text = await readFile(join(committed, file), 'utf8');
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    }
  });
});

const FILES = ['contract.snapshot.json', 'consumers/orders-api.json'];

function readFiles(): Promise<string[]> {
  return Promise.all(FILES.map((name) => readFile(join(directory, name), 'utf8')));
}

function check(options: Pick<ContractCheck, 'contract'> & Partial<ContractCheck>): Promise<number> {
  return runContractCheck({
    directory,
    isUpdate: false,
    accept: undefined,
    print: (line) => lines.push(line),
    ...options,
  });
}
