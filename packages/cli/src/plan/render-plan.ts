import type { Environment } from '@cognito-m2m/environment';
import { poolStackName } from '@cognito-m2m/environment/names';
import type { Style } from '../frame/output/style.ts';
import { plainText } from '../frame/output/text.ts';
import type { TokenJson } from '../prediction/predicted-token.ts';
import type { TokenChanges } from '../prediction/request-diff.ts';
import { renderClaimDiffs, renderNameDiffs } from '../prediction/token-diff.ts';
import type { PlanJson, PlannedClient, PlannedPool } from './plan-json.ts';
import { isPoolUnchanged } from './plan-pool.ts';

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

/** Each pool's changes, then the counts; a pool with nothing to tell is left out. */
export function renderPlan(json: PlanJson, environment: Environment, style: Style): string {
  const { pools, removedPools, notChecked } = json;
  const told = pools.filter((pool) => !isPoolUnchanged(pool) || pool.strayOverrides.length > 0);
  return [
    ...told.map((pool) => renderPool(pool, style)),
    ...removedPools.map((name) => renderRemovedPool(name, environment, style)),
    ...notChecked.map((text) => style.colours.dim(`Not checked: ${plainText(text)}`)),
    summaryOf(json),
  ].join('\n\n');
}

function summaryOf({ counts, isSame }: PlanJson): string {
  const { added, changed, removed, unchanged } = counts;
  return isSame
    ? `No changes: the tokens of ${unchanged} clients are as the file says.`
    : `${added} added, ${changed} changed, ${removed} removed, ${unchanged} unchanged.`;
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
    colours.red(`- ${colours.bold(pool)}  deployed, and no longer in the file`),
    `    To remove it, declare it again, then: ${first}`,
    ...others.map((command) => `    after it: ${command}`),
  ].join('\n');
}

function renderPool(pool: PlannedPool, style: Style): string {
  const { bold, yellow, red } = style.colours;
  const { unknownClients, declaredScopes, undeclaredClaims, strayOverrides, invalidItems } = pool;
  const title = bold(pool.pool) + (pool.isDeployed ? '' : ' (not deployed yet)');
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
      : [`No client declares any more: ${undeclaredClaims.map(plainText).join(', ')}`];
  const scopes = renderNameDiffs('scope of the pool', declaredScopes, style);
  const stray = strayOverrides.map(
    ({ clientId, revision }) => `Override without a baseline: ${plainText(clientId)} r${revision}`,
  );
  const invalid = invalidItems.map((sortKey) => red(`Not a record: ${plainText(sortKey)}`));
  const clients = pool.clients.flatMap((client) => renderClient(client, style));
  return [title, ...settings, ...scopes, ...clients, ...undeclared, ...stray, ...invalid].join(
    '\n',
  );
}

function renderClient(client: PlannedClient, style: Style): string[] {
  const { colours } = style;
  const name = plainText(client.client);
  const bytes = `${sizeText(client.before)} → ${sizeText(client.after)}`;
  const titles = {
    added: colours.green(`+ ${name}`),
    removed: colours.red(`- ${name}`),
    changed: colours.yellow(`~ ${name}`),
  };
  const diffs = renderTokenChanges(client, style);
  const fields = client.fields.filter((field) => diffs.length === 0 || !TOKEN_FIELDS.has(field));
  const record = fields.length === 0 ? [] : [`record: ${fields.join(', ')}`];
  return [
    `${titles[client.status]}  ${bytes}`,
    ...[...diffs, ...record].map((line) => `    ${line}`),
  ];
}

function renderTokenChanges({ diff, scopes, suppressed }: TokenChanges, style: Style): string[] {
  const withWhen = (lines: readonly string[], when: string | undefined) =>
    lines.map((line) => line + whenText(when));
  return [
    ...diff.flatMap((claim) => withWhen(renderClaimDiffs([claim], style), claim.when)),
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
