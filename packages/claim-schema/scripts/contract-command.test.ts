import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
  test('accepts a contract that equals its snapshot', async () => {
    const exitCode = await check({ contract, directory: committed });

    expect({ exitCode, lines }).toMatchObject({ exitCode: 0 });
  });

  test('names the consumer and the claim that a change breaks, and does not write the snapshot', async () => {
    const exitCode = await check({ contract: withoutLimit, isUpdate: true });

    expect(exitCode).toBe(2);
    expect(lines.join('\n')).toMatch(/BREAKS orders-api .*"approval_limit" claim removed/);
    expect(await readFile(join(directory, 'contract.snapshot.json'), 'utf8')).toContain(
      'approval_limit',
    );
  });

  test('lets a breaking change through once the consumer has agreed', async () => {
    const changed = { ...contract, approval_limit: { ...limit, type: 'string' } } as const;

    const before = await check({ contract: changed });
    const accepted = await check({ contract: changed, accept: 'orders-api', isUpdate: true });
    const after = await check({ contract: changed });

    expect([before, accepted, after]).toEqual([2, 0, 0]);
  });

  test('takes a change that breaks nobody into the snapshot', async () => {
    const { permissions: _, ...changed } = contract;

    const before = await check({ contract: changed });
    const updated = await check({ contract: changed, isUpdate: true });
    const after = await check({ contract: changed });

    expect([before, updated, after]).toEqual([2, 0, 0]);
    expect(lines.join('\n')).toMatch(/breaking {2}"permissions": claim removed/);
  });

  test('does not write a contract that promises what it can not keep', async () => {
    const unsafe: Contract = { ...contract, approval_limit: { ...limit, gatewaySafe: true } };

    expect(await check({ contract: unsafe, isUpdate: true })).toBe(2);
    expect(lines.join('\n')).toMatch(/approval_limit: a gateway-safe claim is a text/);
  });

  test.each([
    ['exp', { type: 'string', description: 'A claim.' }, /^contract exp: "exp" is reserved/],
    [
      'plan',
      { type: 'text', description: 'A claim.' },
      /^contract plan.type: .*got text; expected/,
    ],
    ['plan', { type: 'string' }, /^contract plan.description: missing \(expected/],
  ])(
    'calls a contract with a faulty claim not safe and writes nothing: %s, %j',
    async (name, definition, line) => {
      const faulty = { ...contract, [name]: definition } as Contract;
      const before = await readFiles();

      expect(await check({ contract: faulty, isUpdate: true, accept: 'orders-api' })).toBe(2);
      expect(lines).toEqual([
        expect.stringMatching(line),
        'Nothing is written before the contract has no fault.',
      ]);
      expect(await readFiles()).toEqual(before);
    },
  );

  test('lists the known consumers when asked about another', async () => {
    expect(await check({ contract, accept: 'nobody' })).toBe(1);
    expect(lines).toEqual(['No consumer "nobody"; known: orders-api.']);
  });
});

describe('a file that can not be used', () => {
  test.each([
    ['contract.snapshot.json', '{', 'contract.snapshot.json: the file: is no JSON'],
    ['contract.snapshot.json', '[]', 'contract.snapshot.json: the file: is no object'],
    [
      'contract.snapshot.json',
      '{ "tier": { "type": "string", "value": [] } }',
      'contract.snapshot.json: tier.value: unknown field (expected one of type, values, required, gatewaySafe, verified)',
    ],
    ['consumers/orders-api.json', '', 'orders-api.json: the file: is no JSON'],
  ])('%s holding %s ends in exit code 1 and one plain line', async (file, text, line) => {
    await writeFile(join(directory, file), text);

    expect(await check({ contract })).toBe(1);
    expect(lines).toEqual([line]);
  });

  test('that is not there ends in exit code 1 and one plain line', async () => {
    await rm(join(directory, 'contract.snapshot.json'));

    expect(await check({ contract })).toBe(1);
    expect(lines).toEqual(['contract.snapshot.json: the file: can not be read']);
  });
});

function readFiles(): Promise<string[]> {
  const names = ['contract.snapshot.json', 'consumers/orders-api.json'];
  return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
}

function check(options: Pick<ContractCheck, 'contract'> & Partial<ContractCheck>): Promise<number> {
  return runContractCheck({
    directory,
    isUpdate: false,
    print: (line) => lines.push(line),
    ...options,
  });
}
