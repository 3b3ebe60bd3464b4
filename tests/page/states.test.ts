import { fileURLToPath } from 'node:url';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { validateEnvironment } from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findSkipReason, launchChromium } from './chromium.ts';

const skipReason = findSkipReason();
if (skipReason !== undefined) console.log(`skipped: ${skipReason}`);
const describeInBrowser = skipReason === undefined ? describe : describe.skip;

const OWN_TRIGGER = fileURLToPath(new URL('./department-trigger.mjs', import.meta.url));

// A browser on a busy machine takes a while.
jest.setTimeout(60_000);

/** Clients in states that one seldom sees. */
const environment = validateEnvironment(contract, {
  name: 'local',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' },
  trigger: { sizeBudgetBytes: 256 },
  pools: {
    payments: {
      domainPrefix: 'acme-local-payments',
      resourceServers: { orders: { name: 'Orders API', scopes: { read: 'Read orders' } } },
      defaults: { claims: { environment: 'local' } },
      clients: {
        plain: {
          description: 'As it should be',
          scopes: ['orders/read'],
          claims: { 'custom:organization_id': '12345' },
        },
        overloaded: { description: 'Has too many claims', scopes: ['orders/read'] },
        garbled: { description: 'Has a record that is none', scopes: ['orders/read'] },
      },
    },
  },
});

describeInBrowser('the inspector page in Chromium', () => {
  let server: LocalEnvironment;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startLocalEnvironment({ environment, contract }),
      launchChromium(),
    ]);
    await useTable(server, (client) => overload(client, server));
    await useTable(server, (client) => garble(client, server));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(name: string, options: BrowserContextOptions = {}, at = server) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`${at.url}/clients/${idOf(at, name).clientId}`);
    return page;
  }

  test('the inspector shows by how much claims are over the budget', async () => {
    const page = await open('overloaded');
    await issue(page);

    const text = page.locator('#result .budget-text .bad');
    const percent = Number(/of 256 bytes, (\d+) %/.exec(await text.innerText())?.[1]);
    // The bar, 1,000 wide, ends where the claims end, not at the limit.
    const widths = await page
      .locator('#result .bar rect')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('width'))));

    expect(percent).toBeGreaterThan(100);
    expect(Math.round(widths.reduce((sum, width) => sum + width) / 10)).toBe(100);
    expect(await page.locator('#result .status').innerText()).toContain('HTTP 400');
    expect(await page.locator('#result').innerText()).toContain('ERR_CLAIMS_TOO_LARGE');
    await page.context().close();
  });

  test("the inspector marks a claim of somebody's own trigger that no layer holds", async () => {
    const own = await startLocalEnvironment({
      environment,
      contract,
      triggerBundle: OWN_TRIGGER,
    });
    const page = await open('plain', {}, own);
    await issue(page);

    const claims = await page.locator('#result .token-claims').first().innerText();

    expect(claims).toMatch(/department\s+"harbour"\s+Trigger/);
    expect(claims).toMatch(/custom:organization_id\s+"12345"\s+Baseline/);
    expect(await page.locator('#result .advice').innerText()).toContain(
      'that the table does not explain',
    );
    await page.context().close();
    await own.close();
  });

  test('the inspector says that a record cannot be read, and not what it holds', async () => {
    const page = await open('garbled');

    const banner = await page.locator('.banner.is-bad').innerText();

    expect(banner).toContain('An item of the claims table is not a valid record');
    expect(await page.content()).not.toContain('a-hidden-value');
    await issue(page);
    expect(await page.locator('#result .status').innerText()).toContain('HTTP 400');
    await page.context().close();
  });

  test('the inspector copies the client id and the token', async () => {
    const page = await open('plain', { permissions: ['clipboard-read', 'clipboard-write'] });
    await issue(page);
    const copied: unknown[] = [];

    for (const target of ['#client-id', '#raw-token']) {
      const button = page.locator(`[data-copy="${target}"]`);
      await button.click();
      await page.locator(`[data-copy="${target}"]`, { hasText: 'Copied' }).waitFor();
      copied.push(await page.evaluate('navigator.clipboard.readText()'));
    }

    expect(copied).toEqual([
      idOf(server, 'plain').clientId,
      await page.locator('#raw-token').textContent(),
    ]);
    expect(String(copied[1]).split('.')).toHaveLength(3);
    await page.context().close();
  });

  test('the inspector searches and issues tokens without a script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(server.url);

    await page.getByLabel('Search clients').fill('plain');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?q=plain');
    expect(await page.locator('[data-client]').allInnerTexts()).toEqual(['plain']);
    await page.getByRole('link', { name: 'plain', exact: true }).click();
    await issue(page);

    const claims = await page.locator('#result .token-claims').first().innerText();
    expect(claims).toMatch(/environment\s+"local"\s+Pool default/);
    expect(await page.locator('[data-expires-at]').innerText()).toBe('1 h left');
    expect(await page.locator('[data-copy]:visible, [data-live]:visible').count()).toBe(0);
    await context.close();
  });
});

async function issue(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Issue token' }).click();
  await page.locator('#result').waitFor();
}

function idOf({ pools }: LocalEnvironment, name: string): { userPoolId: string; clientId: string } {
  const [pool] = pools;
  const client = pool?.clients.find((candidate) => candidate.name === name);
  if (pool === undefined || client === undefined) throw new Error(`No client ${name}.`);
  return { userPoolId: pool.userPoolId, clientId: client.clientId };
}

/** An override that no write of ours would let through. */
async function overload(client: DynamoDBClient, server: LocalEnvironment): Promise<void> {
  const permissions = Array.from({ length: 40 }, (_, index) => `orders:permission-${index}`);
  await createClaimsWriter({ client, tableName: server.tableName }).addOverride({
    kind: 'override',
    ...idOf(server, 'overloaded'),
    revision: 1,
    disabled: false,
    claims: { permissions: { value: permissions } },
    updatedBy: 'dana',
    reason: 'Everything at once',
    updatedAt: '2026-01-01T00:00:00.000Z',
  });
}

/** A baseline that somebody wrote by hand, and wrongly. */
async function garble(client: DynamoDBClient, server: LocalEnvironment): Promise<void> {
  const { userPoolId, clientId } = idOf(server, 'garbled');
  const Item = {
    pk: { S: `POOL#${userPoolId}` },
    sk: { S: `CLIENT#${clientId}#CLAIMS#BASELINE` },
    claims: { S: 'a-hidden-value' },
  };
  await client.send(new PutItemCommand({ TableName: server.tableName, Item }));
}

async function useTable(
  { region, dynamoDbEndpoint: endpoint }: LocalEnvironment,
  use: (client: DynamoDBClient) => Promise<void>,
): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ region, endpoint, credentials });
  await use(client).finally(() => client.destroy());
}
