import { createOptionalReads, type OptionalReads } from '@cognito-m2m/doctor';
import type { Environment } from '@cognito-m2m/environment';
import { poolStackName } from '@cognito-m2m/environment/names';
import { readDeployedRules } from '../deployment/aws-target.ts';
import { clientText, declaredPools } from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { EXIT_CODES } from '../frame/errors.ts';
import type { Style } from '../frame/terminal.ts';
import { count, plainText } from '../frame/text.ts';
import { claimRulesOf, type TokenJson } from '../prediction/client-records.ts';
import { renderClaimDiffs, renderNameDiffs, type TokenChanges } from '../prediction/token-diff.ts';
import type { RuleSides } from './plan-client.ts';
import type { PlanJson, PlannedClient, PlannedPool } from './plan-json.ts';
import { planOne } from './plan-pool.ts';

/** Input of `m2m plan`. */
interface PlanInput {
  /** @default all pools */
  readonly poolName: string | undefined;
}

/** `m2m plan`: what a deploy of the environment file would change in the tokens. */
export const plan: Command<CommandContext, PlanInput> = async (context, { poolName }) => {
  const { contract, environment, target } = context;
  const reads = createOptionalReads();
  const deployed = await readDeployedRules(contract, target, environment.name, reads);
  const rules: RuleSides = {
    deployed: {
      isOfContract: deployed?.isOfContract,
      sizeBudgetBytes: deployed?.sizeBudgetBytes,
    },
    declared: claimRulesOf(environment),
  };
  const pools: PlannedPool[] = [];
  for (const pool of declaredPools(context, poolName)) {
    pools.push(await planOne(context, pool, rules, reads));
  }
  const removedPools = poolName === undefined ? await findRemovedPools(context, reads) : [];
  const count = (status: string) =>
    pools.reduce(
      (sum, { clients }) => sum + clients.filter((client) => client.status === status).length,
      0,
    );
  const json: PlanJson = {
    environment: environment.name,
    target: target.label,
    isSame: pools.every(isPoolUnchanged) && removedPools.length === 0 && !doRulesChange(rules),
    rules: {
      isContractChanged: deployed === undefined ? null : !deployed.isOfContract,
      sizeBudgetBytes: {
        before: deployed?.sizeBudgetBytes ?? null,
        after: environment.trigger.sizeBudgetBytes,
      },
    },
    counts: {
      added: count('added'),
      changed: count('changed'),
      removed: count('removed'),
      unchanged: pools.reduce((sum, { unchangedCount }) => sum + unchangedCount, 0),
    },
    pools,
    removedPools,
    notChecked: reads.notRead,
  };
  return {
    json,
    text: (style) => renderPlan(json, environment, style),
    exitCode: json.isSame ? EXIT_CODES.ok : EXIT_CODES.findings,
  };
};

function doRulesChange({ deployed, declared }: RuleSides): boolean {
  const { isOfContract = true, sizeBudgetBytes = declared.sizeBudgetBytes } = deployed;
  return !isOfContract || sizeBudgetBytes !== declared.sizeBudgetBytes;
}

/** Fields of a baseline that show as differences of tokens already. */
const TOKEN_FIELDS: ReadonlySet<string> = new Set([
  'defaults',
  'claims',
  'claimsByScope',
  'claimsFromMetadata',
  'suppressClaims',
  'addScopes',
  'suppressScopes',
]);

/** The rules, each pool's changes, then the counts; a pool without a change is left out. */
function renderPlan(json: PlanJson, environment: Environment, style: Style): string {
  const { pools, removedPools, notChecked } = json;
  const shown = pools.filter(
    (pool) =>
      !isPoolUnchanged(pool) ||
      pool.strayOverrides.length + pool.shutOut.length + pool.registered.length > 0,
  );
  return [
    ...rulesText(json, style),
    ...shown.map((pool) => renderPool(pool, style)),
    ...removedPools.map((name) => renderRemovedPool(name, environment, style)),
    ...notChecked.map((text) => style.colours.dim(`Not checked: ${plainText(text)}`)),
    summaryOf(json),
  ].join('\n\n');
}

function rulesText({ rules }: PlanJson, { colours }: Style): string[] {
  const { before, after } = rules.sizeBudgetBytes;
  const lines = [
    rules.isContractChanged === true &&
      '~ claim contract: the deployed trigger was built with another one. Deploy the claims stack first: until then it may refuse what this file declares.',
    before !== null && before !== after && `~ size budget: ${before} → ${after} bytes`,
  ].filter((line) => line !== false);
  if (lines.length === 0) return [];
  return [[colours.bold('trigger'), ...lines.map(colours.yellow)].join('\n')];
}

function summaryOf({ environment, counts, isSame, pools }: PlanJson): string {
  const { added, changed, removed, unchanged } = counts;
  const overridden = pools.reduce((sum, { overriddenCount }) => sum + overriddenCount, 0);
  if (!isSame) {
    return `${added} added, ${changed} changed, ${removed} removed, ${unchanged} unchanged.`;
  }
  if (overridden === 0) {
    return `No changes: the tokens of ${count(unchanged, 'client')} are as the file says.`;
  }
  return `No changes: a deploy changes the token of none of ${count(unchanged, 'client')}. Overrides, which a deploy does not touch, apply to ${overridden}: m2m list --overridden --env ${environment}`;
}

// Terraform knows a pool by its stack: without its declaration nothing destroys it.
function renderRemovedPool(
  name: string,
  { name: environment, isDisposable }: Environment,
  { colours }: Style,
): string {
  const pool = plainText(name);
  const stack = poolStackName(environment, pool);
  // What is not disposable is protected, and a deploy of the retired stack takes the protection off.
  const retire = `M2M_RETIRE=${environment} npx -y pnpm@12 cdktf`;
  const [first, ...others] = isDisposable
    ? [`npx -y pnpm@12 cdktf destroy ${stack}`]
    : [`${retire} deploy ${stack}`, `${retire} destroy ${stack}`];
  return [
    colours.red(`- ${colours.bold(pool)}  deployed, but no longer in the file`),
    `    To remove it, declare it again, then: ${first}`,
    ...others.map((command) => `    after it: ${command}`),
  ].join('\n');
}

function renderPool(pool: PlannedPool, style: Style): string {
  const { bold, yellow, red } = style.colours;
  const { unknownClients, declaredScopes, undeclaredClaims, strayOverrides, invalidItems } = pool;
  const notes = [pool.isExisting && 'existing', !pool.isDeployed && 'not deployed yet'];
  const noted = notes.filter((note) => note !== false).join(', ');
  const title = bold(pool.pool) + (noted === '' ? '' : ` (${noted})`);
  const settings =
    unknownClients === undefined
      ? []
      : [
          yellow(
            `~ unknown clients: ${unknownClients.before ?? '(none)'} → ${unknownClients.after}`,
          ),
        ];
  const undeclared =
    undeclaredClaims.length === 0
      ? []
      : [`No longer declared by any client: ${undeclaredClaims.map(plainText).join(', ')}`];
  const scopes = renderNameDiffs('scope of the pool', declaredScopes, style);
  const stray = strayOverrides.map(
    ({ clientId, revision, disabled }) =>
      `Override without a baseline: ${plainText(clientId)} r${revision}${disabled ? ', which disabled the client. A client that is put back is another app client, and enabled.' : '.'} m2m forget ${plainText(pool.pool)} ${plainText(clientId)} deletes it.`,
  );
  const disabled = pool.disabledRemoved.map(({ client, revision }) =>
    yellow(
      `! ${plainText(client)} is disabled (r${revision}). A client that is renamed, moved or put back is another app client, and enabled.`,
    ),
  );
  const missing = pool.missingClients.map(({ client, clientId }) =>
    red(`! ${plainText(client)}: the pool has no app client ${clientId}. Correct its clientId.`),
  );
  const problems = pool.problems.map(({ subject, what, how }) =>
    red(`! ${plainText(subject)}: ${plainText(what)} ${plainText(how)}`),
  );
  const invalid = invalidItems.map((sortKey) => red(`Not a valid record: ${plainText(sortKey)}`));
  return [
    title,
    ...settings,
    ...scopes,
    ...renderClients(pool.clients, style),
    ...disabled,
    ...missing,
    ...problems,
    ...shutOutLines(pool, style),
    ...registeredLines(pool, style),
    ...undeclared,
    ...stray,
    ...invalid,
  ].join('\n');
}

/** Names those that registered themselves, which a deploy neither declares nor removes. */
function registeredLines({ registered }: PlannedPool, { colours }: Style): string[] {
  if (registered.length === 0) return [];
  const text = `${count(registered.length, 'client')} of the pool registered themselves; a deploy leaves them as they are`;
  return [colours.dim(`${text}: ${namesText(registered)}`)];
}

/** Names those that `unknownClients: 'deny'` takes the tokens from. */
function shutOutLines({ shutOut }: PlannedPool, { colours }: Style): string[] {
  if (shutOut.length === 0) return [];
  const text = `${count(shutOut.length, 'client')} of the pool without a declaration will get no token (unknownClients: 'deny')`;
  return [colours.red(`! ${text}: ${namesText(shutOut)}`)];
}

/** The first few names. */
function namesText(clients: readonly Pick<PlannedClient, 'client' | 'isExisting'>[]): string {
  const names = clients
    .slice(0, MAX_NAMES)
    .map(({ client, isExisting = false }) => plainText(clientText({ client, isExisting })));
  const more = clients.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The most clients of one change that are listed. */
const MAX_NAMES = 5;

/** Clients with the same change are one entry: a new pool default changes every client alike. */
function renderClients(clients: readonly PlannedClient[], style: Style): string[] {
  const groups = new Map<string, { lines: string[]; clients: PlannedClient[] }>();
  for (const client of clients) {
    const lines = renderChanges(client, style);
    const key = [client.status, ...lines].join('\n');
    const group = groups.get(key) ?? { lines, clients: [] };
    group.clients.push(client);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group) => [
    renderTitle(group.clients, style),
    ...group.lines.map((line) => `    ${line}`),
  ]);
}

function renderTitle(clients: readonly PlannedClient[], { colours }: Style): string {
  const { status } = clients[0] ?? { status: 'changed' };
  const names = namesText(clients);
  const name = clients.length === 1 ? names : `${clients.length} clients: ${names}`;
  const titles = {
    added: colours.green(`+ ${name}`),
    removed: colours.red(`- ${name}`),
    changed: colours.yellow(`~ ${name}`),
  };
  const sizes = new Set(
    clients.map(({ before, after }) => `${sizeText(before)} → ${sizeText(after)}`),
  );
  return sizes.size === 1 ? `${titles[status]}  ${[...sizes].join()}` : titles[status];
}

function renderChanges(client: PlannedClient, style: Style): string[] {
  const diffs = renderTokenChanges(client, style);
  const fields = client.fields.filter((field) => diffs.length === 0 || !TOKEN_FIELDS.has(field));
  const record = fields.length === 0 ? [] : [`record: ${fields.join(', ')}`];
  return [...diffs, ...record];
}

function renderTokenChanges(
  { outcomes, diff, scopes, suppressed }: TokenChanges,
  style: Style,
): string[] {
  const { red, yellow } = style.colours;
  // Of a token that is refused no claim is left: that it is refused says it all.
  const refused = new Set(
    outcomes.filter(({ after }) => after !== 'issued').map(({ when }) => when),
  );
  const withWhen = (lines: readonly string[], when: string | undefined) =>
    lines.map((line) => line + whenText(when));
  return [
    ...outcomes.map(({ before, after, when }) =>
      (after === 'issued' ? yellow : red)(`! token: ${before} → ${after}${whenText(when)}`),
    ),
    ...diff
      .filter(({ when }) => !refused.has(when))
      .flatMap((claim) => withWhen(renderClaimDiffs([claim], style), claim.when)),
    ...scopes.flatMap((scope) => withWhen(renderNameDiffs('scope', [scope], style), scope.when)),
    ...suppressed.flatMap((name) =>
      withWhen(renderNameDiffs('suppressed', [name], style), name.when),
    ),
  ];
}

function whenText(when: string | undefined): string {
  return when === undefined ? '' : ` (${plainText(when)})`;
}

function sizeText(token: TokenJson | undefined): string {
  if (token === undefined) return 'none';
  return token.token === 'issued' ? `${token.sizeBytes} bytes` : `no token, ${token.token}`;
}

/** True if a deploy would change nothing. */
export function isPoolUnchanged(pool: PlannedPool): boolean {
  const { clients, unknownClients, declaredScopes, invalidItems, missingClients, problems } = pool;
  const lists = [clients, declaredScopes, invalidItems, missingClients, problems];
  return lists.every(({ length }) => length === 0) && unknownClients === undefined;
}

/** Finds pools that are deployed and no longer in the file. */
async function findRemovedPools(
  { environment, target }: CommandContext,
  reads: OptionalReads,
): Promise<string[]> {
  const deployed = await reads.read(
    'pools that the file no longer declares',
    target.listPoolNames(),
  );
  const declared = new Set(environment.pools.map(({ name }) => name));
  return (deployed ?? []).filter((name) => !declared.has(name)).sort();
}
/** The differences of names as lines. @param noun - What they name: `+ scope orders/read`. */
