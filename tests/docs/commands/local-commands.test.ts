import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../support/repository.ts';
import { type PageCommand, readPageCommands } from './page-commands.ts';
import { createPageWorld, type PageRun, type PageWorld } from './page-world.ts';
import { placeOf } from './places.ts';

/** Some servers, or a page of commands, on a machine that may be busy. */
const PAGE_TIMEOUT_MS = 240_000;

/** What each command prints, whichever page shows it. */
const PRINTS: { readonly [command: string]: RegExp } = {
  list: /payments .* clients?$|"pools"/m,
  who: /^payments .*"premium"/m,
  explain: /billing-worker|user-1|on_behalf_of/,
  history: /^r\d+ /m,
  set: /tier/,
  rollback: /revision/i,
  disable: /ERR_CLIENT_DISABLED/,
  enable: /enabled|Wrote revision/i,
  plan: /No changes/,
  token: /billing-worker|support-agent/,
  doctor: /Nothing is wrong|"findings"/,
  rotate: /secret/,
  handover: /^# /m,
  contract: /^/,
  completion: /^/,
  '--version': /^\d+\.\d+\.\d+$/m,
};

/** What a rotation exits with while its grace period lasts; `--status` comes before and after one. */
const UNDER_WAY = 2;

/** The README belongs to the team: one that is no longer the product's names what the team has. */
async function isOfProduct(page: string): Promise<boolean> {
  if (page !== 'README.md') return true;
  return /^# cognito-m2m-claims$/m.test(await readFile(join(repositoryRoot, page), 'utf8'));
}

// What another page has shown before is not run again.
const shown = (await readPageCommands()).filter((each) => placeOf(each)?.kind === 'local');
const commands = [
  ...new Map(shown.toReversed().map((each) => [each.text, each])).values(),
].toReversed();
const pages = [...new Set(commands.map(({ page }) => page))];

/** Says what is wrong with the end of a command; nothing if it did what its page says. */
function findFault({ text, line }: PageCommand, run: PageRun): string[] {
  const [, name = ''] = /m2m (\S+)/.exec(text) ?? [];
  const prints = PRINTS[name];
  if (prints === undefined) return [`line ${line}: add what ${name} prints to PRINTS: ${text}`];
  const isOfRotation = name === 'rotate' && !text.includes('--retire-now');
  const exitCodes = isOfRotation ? [UNDER_WAY, ...(text.includes('--status') ? [0] : [])] : [0];
  if (exitCodes.includes(run.exitCode) && prints.test(run.stdout)) return [];
  return [`line ${line}: ${text}\nexit code ${run.exitCode}\n${run.stdout}${run.stderr}`];
}

describe('the commands of the pages, against local Cognito', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  }, PAGE_TIMEOUT_MS);
  afterAll(() => world?.close(), PAGE_TIMEOUT_MS);

  test.each(pages)(
    '%s: every command does what the page says',
    async (page) => {
      if (!(await isOfProduct(page))) return;
      const faults: string[] = [];

      for (const command of commands.filter((each) => each.page === page)) {
        faults.push(...findFault(command, await world.run(command.text)));
      }

      expect(faults).toEqual([]);
    },
    PAGE_TIMEOUT_MS,
  );
});
