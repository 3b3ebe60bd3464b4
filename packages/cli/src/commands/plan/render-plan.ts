import { plainText } from '../../output/plain-text.ts';
import type { Style } from '../../output/style.ts';
import { isPoolUnchanged } from '../../plan/plan-pool.ts';
import type { PlannedClient, PlannedPool } from '../../plan/planned-client.ts';
import { renderDiff } from '../../tokens/token-diff.ts';
import type { TokenJson } from '../../tokens/token-json.ts';
import type { PlanJson } from './plan-json.ts';

/** Fields of a baseline that show as claims already. */
const CLAIM_FIELDS: ReadonlySet<string> = new Set([
  'defaults',
  'claims',
  'claimsByScope',
  'claimsFromMetadata',
  'suppressClaims',
]);

/** Each pool's changes, then the counts; a pool without any is left out. */
export function renderPlan({ pools, counts, isSame }: PlanJson, style: Style): string {
  const { added, changed, removed, unchanged } = counts;
  if (isSame) return `No changes: the tokens of ${unchanged} clients are as the file says.`;
  const changedPools = pools.filter((pool) => !isPoolUnchanged(pool));
  const summary = `${added} added, ${changed} changed, ${removed} removed, ${unchanged} unchanged.`;
  return [...changedPools.map((pool) => renderPool(pool, style)), summary].join('\n\n');
}

function renderPool(pool: PlannedPool, style: Style): string {
  const { bold, yellow, red } = style.colours;
  const { unknownClients, undeclaredClaims, invalidItems } = pool;
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
  const invalid = invalidItems.map((sortKey) => red(`Not a record: ${plainText(sortKey)}`));
  const clients = pool.clients.flatMap((client) => renderClient(client, style));
  return [title, ...settings, ...clients, ...undeclared, ...invalid].join('\n');
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
  const diffs = client.diff.flatMap((diff) =>
    renderDiff({ claims: [diff] }, style).map((line) => line + whenText(diff.when)),
  );
  const fields = client.fields.filter((field) => diffs.length === 0 || !CLAIM_FIELDS.has(field));
  const record = fields.length === 0 ? [] : [`record: ${fields.join(', ')}`];
  return [
    `${titles[client.status]}  ${bytes}`,
    ...[...diffs, ...record].map((line) => `    ${line}`),
  ];
}

function whenText(when: string | undefined): string {
  return when === undefined ? '' : ` (${plainText(when)})`;
}

function sizeText(token: TokenJson | undefined): string {
  if (token === undefined) return 'none';
  return token.token === 'issued' ? `${token.sizeBytes} bytes` : `no token, ${token.token}`;
}
