import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DeleteSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readPageCommands } from '../docs/commands/page-commands.ts';
import { type PageRun, runInShell, writePrograms } from '../docs/commands/page-world.ts';
import { placeOf } from '../docs/commands/places.ts';
import type { DeployedWorld } from './deployed-world.ts';

/** Some runs of the AWS CLI, which takes seconds to start, on a machine that may be busy. */
const CASE_TIMEOUT_MS = 240_000;
const TABLE = 'm2m-trial-claims';
const SECRET_ID = 'm2m/trial/payments/billing-worker/credentials';

const commands = (await readPageCommands()).filter(
  (command) => placeOf(command)?.kind === 'deployed',
);

/** What the pages run on AWS and no other story does: backup, secrets, the table of the token client, imports. */
export function pagesStory(world: () => DeployedWorld): void {
  let directory: string;
  let env: NodeJS.ProcessEnv;
  const ran = new Set<string>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'm2m-pages-'));
    // An import writes its file next to the others, and two files may not name the same pool.
    const folder = join(directory, 'environments');
    await mkdir(folder);
    env = {
      ...process.env,
      ...world().aws.env,
      PATH: await writePrograms(directory),
      PAGE_WORLD: JSON.stringify({ URLS: {}, FOLDER: folder }),
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_PAGER: '',
    };
  });
  afterAll(() => rm(directory, { recursive: true }));

  /** Runs the commands of a page, or those that begin with these words, with the names of what is deployed. */
  async function runOf(page: string, words = ''): Promise<PageRun[]> {
    const ofPage = commands.filter((each) => each.page === page && each.text.startsWith(words));
    expect(ofPage).not.toEqual([]);
    const runs: PageRun[] = [];
    for (const { text } of ofPage) {
      const command = text
        .replaceAll('m2m-prod-claims', TABLE)
        .replaceAll(/eu-central-1_AbC123(?:XyZ)?/g, world().userPoolId)
        .replace('m2m/dev/payments/stock-sync/credentials', SECRET_ID);
      ran.add(text);
      runs.push(await runInShell(command, { cwd: directory, env }));
    }
    return runs;
  }
  const failures = (runs: readonly PageRun[]) => runs.filter(({ exitCode }) => exitCode !== 0);

  /** The revisions of overrides in the table. */
  async function readRevisions() {
    const { Items = [] } = await world().dynamoDb.send(new ScanCommand({ TableName: TABLE }));
    return Items.filter(({ sk }) => /#CLAIMS#\d+$/.test(sk?.S ?? ''));
  }

  test(
    'a backup brings back the overrides that the table has lost, and nothing else',
    async () => {
      const before = await readRevisions();
      const restored = await runOf('docs/backup.md', 'aws dynamodb restore-table');
      const [lost] = before;
      const Key = { pk: lost?.pk ?? { S: '' }, sk: lost?.sk ?? { S: '' } };
      await world().dynamoDb.send(new DeleteItemCommand({ TableName: TABLE, Key }));
      const without = await readRevisions();

      const copied = await runOf('docs/backup.md', 'aws dynamodb scan');

      expect(failures([...restored, ...copied])).toEqual([]);
      expect(without).toHaveLength(before.length - 1);
      expect(await readRevisions()).toEqual(expect.arrayContaining(before));
      expect(await readRevisions()).toHaveLength(before.length);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'the commands of the backup around it are taken',
    async () => {
      const others = [
        ...(await runOf('docs/backup.md', 'aws dynamodb wait')),
        ...(await runOf('docs/backup.md', 'aws dynamodb list-backups')),
        ...(await runOf('docs/token-client.md', 'aws dynamodb')),
      ];

      expect(failures(others)).toEqual([]);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'a secret that waits for its deletion is restored',
    async () => {
      const { secretsManager } = world();
      await secretsManager.send(new DeleteSecretCommand({ SecretId: SECRET_ID }));

      const runs = await runOf('docs/deploy.md', 'aws secretsmanager');

      const described = await secretsManager.send(
        new DescribeSecretCommand({ SecretId: SECRET_ID }),
      );
      expect(failures(runs)).toEqual([]);
      expect(described.DeletedDate).toBeUndefined();
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'an import writes the file, or prints it, and exits with 2 if it lists something',
    async () => {
      const runs = [
        ...(await runOf('docs/import.md', 'm2m import')),
        ...(await runOf('docs/beside.md', 'm2m import')),
      ];

      const wrong = runs.filter(
        ({ exitCode, stdout }) =>
          ![0, 2].includes(exitCode) || !/^Wrote |defineEnvironment\(/m.test(stdout),
      );
      expect(wrong).toEqual([]);
      expect(runs).toHaveLength(3);
    },
    CASE_TIMEOUT_MS,
  );

  test('every command that is for a deployment was run', () => {
    const texts = commands.map(({ text }) => text);

    expect(texts.filter((text) => !ran.has(text))).toEqual([]);
  });
}
