import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalCognitoCommand } from '../command/local-cognito-command.ts';
import { readCommittedMeasurement, readMeasured } from './measured.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'measured-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, behaviours: object): Promise<string> {
  const file = join(folder, name);
  const measurement = {
    version: 1,
    date: '2026-11-28',
    region: 'eu-central-1',
    behaviours,
    exchanges: [],
  };
  await writeFile(file, JSON.stringify(measurement));
  return file;
}

const found = (value: unknown) => ({ outcome: 'found', value });

describe('readMeasured', () => {
  test('readMeasured takes what was found, and leaves the defaults of the rest', async () => {
    const file = await write('m.json', {
      scopeOrder: found('declared'),
      triggerAttempts: found(3),
      emptyParameters: { outcome: 'could-not-tell', reason: 'throttled' },
      malformedScopes: { outcome: 'unknown', shown: 'status 418' },
    });

    expect(readMeasured(file)).toMatchObject({
      behaviour: { scopeOrder: 'declared', triggerAttempts: 3 },
      notes: [],
    });
  });

  test('readMeasured names each value that local Cognito does not have', async () => {
    const file = await write('m.json', { triggerFailureStatus: found(418), mood: found('good') });

    const { behaviour, notes } = readMeasured(file);

    expect(behaviour).toEqual({});
    expect(notes).toEqual([
      'triggerFailureStatus was measured as 418; expected one of 400, 500.',
      '"mood" is not a behaviour of local Cognito.',
    ]);
  });

  test.each(['missing.json', '.'])('readMeasured refuses %s', (name) => {
    expect(() => readMeasured(join(folder, name))).toThrow('is not a measurement');
  });
});

describe('readCommittedMeasurement', () => {
  const folders = () => [new URL('./none/', import.meta.url), pathToFileURL(`${folder}/`)];

  test('readCommittedMeasurement finds none in a folder that is missing or empty', () => {
    expect(readCommittedMeasurement([new URL('./none/', import.meta.url)])).toBeUndefined();
    expect(readCommittedMeasurement(folders())).toBeUndefined();
  });

  test('readCommittedMeasurement finds the newest of three', async () => {
    await write('2026-11-28-eu-central-1.json', { scopeOrder: found('requested') });
    await write('2027-01-02-us-east-1.json', { scopeOrder: found('declared') });
    await write('2026-12-31-eu-central-1.json', { scopeOrder: found('requested') });

    expect(readCommittedMeasurement(folders())?.behaviour).toEqual({ scopeOrder: 'declared' });
  });
});

describe('--measured', () => {
  const parse = (...argv: string[]) =>
    createLocalCognitoCommand().parse(argv, { from: 'user' }).opts();

  test('--measured gives the behaviours of the file', async () => {
    const file = await write('m.json', { scopeOrder: found('declared') });

    expect(parse('--measured', file)['measured'].behaviour).toEqual({ scopeOrder: 'declared' });
  });

  test('--measured refuses a file that is not a measurement', () => {
    const command = createLocalCognitoCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });

    expect(() => command.parse(['--measured', join(folder, 'none')], { from: 'user' })).toThrow(
      /--measured <file>.*is not a measurement/s,
    );
  });
});
