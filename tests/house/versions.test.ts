import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION } from '@cognito-m2m/claim-schema';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runM2m } from '../support/m2m.ts';
import { repositoryRoot } from '../support/repository.ts';
import { listFiles } from './source-tree.ts';

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
}

const readJson = async (path: string) =>
  JSON.parse(await readFile(join(repositoryRoot, path), 'utf8'));

describe('the version', () => {
  let manifests: Manifest[];

  beforeAll(async () => {
    const paths = await listFiles('package.json', '*/package.json');
    manifests = await Promise.all(paths.map(readJson));
  });

  test('the version is the same in every manifest that has one', () => {
    const versions = manifests.flatMap(({ version }) => version ?? []);

    expect(new Set(versions)).toEqual(new Set([VERSION]));
    expect(versions.length).toBeGreaterThan(3);
  });

  test('the version is raised by changesets in all packages at once', async () => {
    const { fixed } = await readJson('.changeset/config.json');
    const versioned = manifests.filter(
      ({ name, version }) => version !== undefined && name.startsWith('@'),
    );

    expect(fixed[0].toSorted()).toEqual(versioned.map(({ name }) => name).sort());
  });

  test('the version is in every published package', () => {
    const unversioned = manifests.filter((each) => each.private !== true && !each.version);

    expect(unversioned).toEqual([]);
  });

  test('the version is what m2m prints', async () => {
    await expect(runM2m(['--version'])).resolves.toMatchObject({ stdout: `${VERSION}\n` });
  });
});
