import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { requiredTools } from '../support/tools.ts';
import { findUntriedActions, readUntriedActions } from './callers.ts';
import { createDeployedWorld, type DeployedWorld } from './deployed-world.ts';
import { doctorStory } from './doctor-story.ts';
import { importStory } from './import-story.ts';
import { pagesStory } from './pages-story.ts';
import { permissionsStory } from './permissions-story.ts';
import { rotateStory } from './rotate-story.ts';
import { setStory } from './set-story.ts';
import { tokenStory } from './token-story.ts';

/** The deploy of two stacks takes about a minute on two cores. */
const DEPLOY_TIMEOUT_MS = 240_000;

const tools = await requiredTools();

// One deployment for all: each story begins with it as it was deployed, and the last one adds to it.
(tools === undefined ? describe.skip : describe)('after a real deploy', () => {
  let world: DeployedWorld;

  beforeAll(async () => {
    if (tools !== undefined) world = await createDeployedWorld(tools);
  }, DEPLOY_TIMEOUT_MS);

  afterAll(() => world?.close(), DEPLOY_TIMEOUT_MS);

  describe('the policies of the documentation', () => permissionsStory(() => world));
  describe('m2m doctor', () => doctorStory(() => world));
  describe('m2m set', () => setStory(() => world));
  // Before the token story, whose hand-made versions would take the deploy's own label off, as the local API has it.
  describe('m2m rotate', () => rotateStory(() => world));
  describe('m2m token', () => tokenStory(() => world));
  describe('the commands of the documentation', () => pagesStory(() => world));
  describe('m2m import', () => importStory(() => world));

  test.each(['reader', 'operator', 'deployer'] as const)(
    'every right of the %s was needed, apart from those that the page calls not tried',
    async (caller) => {
      const untried = await findUntriedActions(world.aws.endpointUrl, caller);

      expect(untried).toEqual(await readUntriedActions(caller));
    },
  );
});
