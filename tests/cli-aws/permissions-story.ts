import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { readPolicy } from './callers.ts';
import type { DeployedWorld } from './deployed-world.ts';

/** Several runs of the binary, on a machine that may be busy. */
const CASE_TIMEOUT_MS = 120_000;
const CLIENT = ['payments', 'billing-worker'];
/** What reads; a simulation changes nothing, and decrypting is reading. */
const READS = /:(?:Get|List|Describe|Query|Simulate|Decrypt)/;

/**
 * Whose policy allows what. The world is deployed with the policy of the deployer, and every other story runs `m2m` with that
 * of the operator.
 */
export function permissionsStory(world: () => DeployedWorld): void {
  const asReader = (...argv: string[]) =>
    world().m2mAs('reader', ...argv, '--env', 'trial', '--json');
  const readTable = async () => {
    const scan = new ScanCommand({ TableName: 'm2m-trial-claims' });
    return (await world().dynamoDb.send(scan)).Items;
  };

  test.each([
    [['list']],
    [['explain', ...CLIENT]],
    [['who', 'tier=premium']],
    [['history', ...CLIENT]],
    [['plan']],
    [['handover', ...CLIENT]],
    [['rotate', ...CLIENT, '--status']],
  ])(
    'the policy of the reader lets %j run',
    async (argv) => {
      const { exitCode, stdout } = await asReader(...argv);

      expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'doctor may look at everything with the policy of the reader',
    async () => {
      const { stdout } = await asReader('doctor');

      const { findings, notAllowed } = JSON.parse(stdout);
      expect({ findings, notAllowed }).toEqual({ findings: [], notAllowed: [] });
    },
    CASE_TIMEOUT_MS,
  );

  test.each([
    ['set', [...CLIENT, 'tier=free', '--reason', 'a test', '--yes']],
    ['disable', [...CLIENT, '--reason', 'a test', '--yes']],
    ['token', ['--all']],
    ['rotate', [...CLIENT, '--yes']],
  ])(
    '%s is refused with the policy of the reader, and changes nothing',
    async (command, argv) => {
      const before = await readTable();

      const { exitCode, stdout } = await asReader(command, ...argv);

      expect({ exitCode, stdout }).not.toMatchObject({ exitCode: 0 });
      expect(stdout).toContain('AccessDenied');
      expect(await readTable()).toEqual(before);
    },
    CASE_TIMEOUT_MS,
  );

  test('the policy of the reader grants nothing that writes', async () => {
    const { Statement } = JSON.parse(await readPolicy('reader'));
    const actions = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);

    expect(actions.length).toBeGreaterThan(15);
    expect(actions.filter((action: string) => !READS.test(action))).toEqual([]);
  });
}
