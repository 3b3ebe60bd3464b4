import { beforeAll, describe, expect, test } from '@jest/globals';
import { findCycles } from '../house/cycles.ts';
import {
  type ImportedModule,
  importsOf,
  isTestFile,
  readSourceFiles,
} from '../house/source-tree.ts';
import { readWorkspaceDiagram } from './diagram.ts';

/** A workspace imports from lower levels only. */
const LEVELS: { readonly [workspace: string]: number } = {
  'packages/claim-schema': 0,
  'packages/environment': 1,
  'packages/claims-store': 1,
  'packages/verifier': 1,
  'packages/token-client': 1,
  'packages/probe': 1,
  'packages/doctor': 2,
  // Above the other two of its level: it binds their types.
  'packages/contract': 1.5,
  'functions/pre-token-generation': 2,
  'functions/pool-watch': 3,
  'functions/probe-trigger': 2,
  infra: 3,
  'packages/local-cognito': 3,
  'packages/cli': 4,
  tests: 5,
};

const SCOPE = '@cognito-m2m/';
let imports: ImportedModule[] = [];

beforeAll(async () => {
  imports = importsOf(await readSourceFiles());
}, 60_000);

function workspaceOf(file: string): string | undefined {
  return Object.keys(LEVELS).find((workspace) => file.startsWith(`${workspace}/`));
}

function workspaceOfPackage(specifier: string): string | undefined {
  const [, folder] = specifier.split('/');
  return Object.keys(LEVELS).find((workspace) => workspace.split('/').at(-1) === folder);
}

function offences(isOffence: (imported: ImportedModule) => boolean): string[] {
  return imports.filter(isOffence).map(({ file, target }) => `${file} → ${target}`);
}

describe('workspaces', () => {
  test('every TypeScript file lies in a workspace with a level', () => {
    const homeless = offences(({ file }) => workspaceOf(file) === undefined);

    expect(homeless).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  test('workspaces import from lower levels only', () => {
    const upward = offences(({ file, target }) => {
      if (!target.startsWith(SCOPE)) return false;
      const from = LEVELS[workspaceOf(file) ?? ''] ?? -1;
      const to = LEVELS[workspaceOfPackage(target) ?? ''] ?? Number.POSITIVE_INFINITY;
      return workspaceOf(file) !== workspaceOfPackage(target) && to >= from;
    });

    expect(upward).toEqual([]);
  });

  test('workspaces import each other by package name, never by path and never from src', () => {
    const byPath = offences(({ file, target }) => {
      const to = workspaceOf(target);
      return (
        (to !== undefined && to !== workspaceOf(file)) || /^@cognito-m2m\/[^/]+\/src/.test(target)
      );
    });

    // The build of the bundle is a script of its own workspace; environment files are data, named by path nowhere else.
    expect(byPath).toEqual([]);
  });

  test('only the outermost edges know the contract of the team', () => {
    const importers = imports.flatMap(({ file, target }) =>
      target.startsWith(`${SCOPE}contract`) ? [file] : [],
    );
    const isTeams = (file: string) =>
      /^(?:infra\/(?:environments|team)|packages\/contract)\//.test(file);

    expect(importers.filter((file) => !isTeams(file)).sort()).toEqual([
      'functions/pool-watch/src/canary-handler.ts',
      'functions/pre-token-generation/src/handler.ts',
      'infra/src/command/cdktf.ts',
      'infra/src/main.ts',
      'packages/cli/src/m2m.ts',
      'packages/local-cognito/src/bin/demo.ts',
      'packages/local-cognito/src/bin/start.ts',
    ]);
  });

  test('workspaces see the trigger as its bundle, and as what verifies a user token, only', () => {
    const name = `${SCOPE}pre-token-generation`;
    const isInside = ({ file, target }: ImportedModule) =>
      target.startsWith(name) &&
      target !== `${name}/bundle` &&
      // What `m2m explain` shows of a user's token is what the trigger says.
      target !== `${name}/verified-token` &&
      // Its test support is for tests only.
      !(target === `${name}/testing` && isTestFile(file));

    const inside = offences(isInside);

    expect(inside).toEqual([]);
  });
});

describe('the picture of the workspaces', () => {
  const pairs = () =>
    new Set(
      imports.flatMap(({ file, target }) => {
        const from = workspaceOf(file);
        const to = target.startsWith(SCOPE) ? workspaceOfPackage(target) : undefined;
        return from === undefined || to === undefined || from === to ? [] : [`${from} → ${to}`];
      }),
    );

  test('the diagram has a way for every import', async () => {
    const diagram = await readWorkspaceDiagram();

    const missing = [...pairs()].filter((pair) => {
      const [from = '', to = ''] = pair.split(' → ');
      return !diagram.reaches(from, to);
    });

    expect(missing).toEqual([]);
  });

  test('the diagram has no arrow without an import', async () => {
    const { arrows } = await readWorkspaceDiagram();

    // Run as a process, or taken as a bundle: no import shows it.
    const known = new Set([
      ...pairs(),
      'tests → packages/cli',
      'tests → functions/probe-trigger',
      'infra → functions/pool-watch',
      'infra → functions/pre-token-generation',
      'infra → functions/probe-trigger',
      'tests → functions/probe-trigger',
      'packages/local-cognito → functions/pre-token-generation',
    ]);

    expect(arrows.length).toBeGreaterThan(10);
    expect(arrows.filter((arrow) => !known.has(arrow))).toEqual([]);
  });
});

/**
 * The folders of each workspace by floor, the ground floor first: a folder imports from lower floors only, never from its own.
 *
 * A workspace without folders is not named. Files that lie in `src` itself have no floor, and close no circle.
 */
const FLOORS: { readonly [workspace: string]: readonly (readonly string[])[] } = {
  'packages/claim-schema': [['contract-diff']],
  'packages/environment': [['deployed'], ['rules']],
  'packages/doctor': [['checks', 'gather']],
  'functions/pre-token-generation': [['user-trigger', 'verified-token'], ['middlewares']],
  infra: [['monitoring'], ['guardrails'], ['constructs'], ['stacks'], ['command']],
  'packages/local-cognito': [
    ['model'],
    ['net', 'state'],
    ['pools'],
    ['trigger'],
    ['config', 'tokens'],
    ['aws-api', 'oauth'],
    ['page'],
    ['http'],
    ['environment'],
    ['command'],
    ['bin'],
  ],
  'packages/cli': [
    ['frame'],
    ['deployment'],
    ['prediction'],
    // Each folder is one command, or a few that share their core.
    [
      ...['completion', 'contract', 'doctor', 'explain', 'forget', 'handover', 'history', 'import'],
      'list',
      ...['override', 'plan', 'probe', 'token', 'watch', 'who'],
    ],
    // They prove a secret, or the trigger, as `token` does.
    ['attach', 'rotation'],
    // The command line of every command, which loads its folder when it runs.
    ['definitions'],
  ],
};

describe('folders', () => {
  test.each(Object.keys(LEVELS))('the folders of %s keep their floors', (workspace) => {
    const floors = FLOORS[workspace] ?? [];
    const floorOf = (folder: string) => floors.findIndex((floor) => floor.includes(folder));

    const upward = arrowsIn(workspace)
      .filter(({ file, target }) => !file.endsWith('.ts') && !target.endsWith('.ts'))
      .filter(({ file, target }) => floorOf(target) >= floorOf(file))
      .map(({ file, target }) => `${file} → ${target}`);

    expect(foldersOf(workspace).toSorted()).toEqual(floors.flat().toSorted());
    expect(upward).toEqual([]);
  });

  test.each(Object.keys(LEVELS))(
    'the folders and files in src of %s form no circle',
    (workspace) => {
      const circles = findCycles(arrowsIn(workspace)).map((circle) => circle.join(' → '));

      expect(circles).toEqual([]);
    },
  );

  /** The imports between the folders and files that lie in `src` itself; tests may import from anywhere. */
  function arrowsIn(workspace: string): ImportedModule[] {
    return imports.flatMap(({ file, target }) => {
      const from = partOf(workspace, file);
      const to = partOf(workspace, target);
      if (from === undefined || to === undefined || from === to || isTestFile(file)) return [];
      return [{ file: from, target: to }];
    });
  }

  function foldersOf(workspace: string): string[] {
    const parts = imports
      .filter(({ file }) => !isTestFile(file))
      .map(({ file }) => partOf(workspace, file) ?? '.ts');
    return [...new Set(parts)].filter((part) => !part.endsWith('.ts'));
  }

  /** The first folder below `src`, or the file that lies in `src` itself. */
  function partOf(workspace: string, path: string): string | undefined {
    const source = `${workspace}/src/`;
    return path.startsWith(source) ? path.slice(source.length).split('/')[0] : undefined;
  }
});

describe('modules', () => {
  test('modules have no import circles, types included', () => {
    expect(findCycles(imports)).toEqual([]);
  });

  test('a circle would be found', () => {
    const circle = [
      { file: 'a.ts', target: 'b.ts' },
      { file: 'b.ts', target: 'c.ts' },
      { file: 'c.ts', target: 'b.ts' },
    ];

    expect(findCycles(circle)).toEqual([['b.ts', 'c.ts', 'b.ts']]);
  });

  test('the AWS SDK for DynamoDB is used by the claims store and by the edges that hand it a client', () => {
    const commands = offences(
      ({ file, target }) =>
        target === '@aws-sdk/client-dynamodb' &&
        /^packages\/(?:claim-schema|environment|verifier)\//.test(file),
    );

    expect(commands).toEqual([]);
  });
});
