import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { LocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { findClient, requestToken } from '../support/token.ts';
import { findSkipReason, launchChromium } from './chromium.ts';
import { HOSTILE, startInspectedServer } from './inspected-server.ts';

const skipReason = findSkipReason();
if (skipReason !== undefined) console.log(`skipped: ${skipReason}`);
const describeInBrowser = skipReason === undefined ? describe : describe.skip;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

// A browser on a busy machine takes a while.
jest.setTimeout(60_000);

type Scheme = 'light' | 'dark';

describeInBrowser('the inspector page in Chromium', () => {
  let server: LocalEnvironment;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startInspectedServer(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(path: string, width = 1280, colorScheme: Scheme = 'light'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${server.url}${path}`);
    return page;
  }

  const clientPath = (name: string) => `/clients/${findClient(server, 'payments', name).clientId}`;

  async function issue(name: string, width?: number, scheme?: Scheme): Promise<Page> {
    const page = await open(clientPath(name), width, scheme);
    await page.getByRole('button', { name: 'Issue token' }).click();
    await page.locator('#result').waitFor();
    return page;
  }

  test('the inspector lists pools and clients, and opens a client', async () => {
    const page = await open('/');

    await page.getByRole('link', { name: 'billing-worker' }).click();

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('billing-worker');
    await page.close();
  });

  test('the inspector shows the claims by layer, with revision, expiry and what overrules them', async () => {
    const page = await open(clientPath('billing-worker'));

    const layers = await page.locator('.layers').innerText();

    expect(layers).toContain('Revision 3 by dana');
    expect(layers).toMatch(/tier\s+"premium"\s+expires in 1[34] d/);
    expect(layers).toMatch(/permissions\s+\["orders:refund"\]\s+expired 1 h ago/);
    expect(layers).toMatch(/custom:role\s+"editor"\s+overridden by override/);
    await page.close();
  });

  test('the inspector issues a token through the real trigger and names the layer of each claim', async () => {
    const page = await issue('billing-worker');

    const claims = await page.locator('#result .token-claims').first().innerText();

    expect(claims).toMatch(/environment\s+"local"\s+Pool default/);
    expect(claims).toMatch(/custom:organization_id\s+"12345"\s+Baseline/);
    expect(claims).toMatch(/tier\s+"premium"\s+Override rev 3/);
    expect(claims).toMatch(/approval_limit\s+5000\s+Scope orders\/write/);
    expect(claims).toMatch(/tenant_id\s+"t-1"\s+Metadata tenant/);
    expect(claims).toContain('\n    "seconds": 10\n');
    expect(await page.locator('.budget').innerText()).toMatch(/\d+ of 4,096 bytes, \d+ %/);
    expect(await page.locator('[data-expires-at]').innerText()).toMatch(/^(30:00|29:5\d) left$/);
    expect(server.requests()[0]).toMatchObject({ via: 'oauth2/token', status: 200 });
    await page.close();
  });

  test('the inspector says why a request is refused, and what would be allowed', async () => {
    const page = await open(clientPath('billing-worker'));
    await page.getByLabel('Metadata value 1').fill('t-9');
    await page.getByRole('button', { name: 'Issue token' }).click();

    const refusal = await page.locator('#result').innerText();

    expect(refusal).toContain('ERR_METADATA_NOT_ALLOWED');
    expect(refusal).toContain('Metadata key tenant: send one of t-1, t-2.');
    await page.close();
  });

  test('the inspector warns of a disabled client and shows the refusal', async () => {
    const page = await issue('retired-importer');

    const sentences = (await page.locator('#result').innerText()).match(/This client is disabled/g);
    expect(await page.locator('.banner').innerText()).toContain('Disabled by revision 1');
    expect(await page.locator('#result').innerText()).toContain('Disabled by dana at ');
    // Once for the reader of the page, and once as the caller reads it.
    expect(sentences).toHaveLength(2);
    expect(await page.locator('.request-outcome').first().innerText()).toBe(
      'This client is disabled. (ERR_CLIENT_DISABLED)',
    );
    await page.close();
  });

  test('the inspector shows a request of another client while the page is open', async () => {
    const page = await open('/');
    const client = findClient(server, 'payments', 'retired-importer');
    await requestToken({ ...client, clientSecret: 'wrong' });

    await page.locator('.request.is-new', { hasText: 'invalid_client' }).waitFor();
    await page.close();
  });

  test('the inspector is worked with the keyboard: untick a scope, issue, read the result', async () => {
    const page = await open(clientPath('billing-worker'));
    const tabTo = async (selector: string) => {
      const focused = page.locator(`${selector}:focus`);
      for (let presses = 0; presses < 60 && (await focused.count()) === 0; presses += 1) {
        await page.keyboard.press('Tab');
      }
      expect(await focused.count()).toBe(1);
    };

    await tabTo('input[name="scope"][value="orders/read"]');
    await page.keyboard.press('Space');
    await tabTo('form[method="post"] button[type="submit"]');
    await page.keyboard.press('Enter');

    await page.locator('#result:focus').waitFor();
    const result = await page.locator('#result').textContent();
    expect(result).toContain('orders/write');
    expect(result).not.toContain('orders/read');
    await page.close();
  });

  test('the inspector is worked with the keyboard: search, walk, open', async () => {
    const page = await open('/');
    await page.keyboard.press('/');
    await page.keyboard.type('billing');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/clients/*');

    expect(await page.locator('h1').textContent()).toBe('billing-worker');
    expect(await page.locator('[data-search-count]').textContent()).toBe('1 of 9 clients');
    await page.close();
  });

  test('the inspector runs nothing of what names and values hold, and sends no secret', async () => {
    const page = await open(clientPath('label-printer'));
    await page.getByLabel('Metadata value 2').fill(HOSTILE);
    await page.getByLabel('Metadata key 2').fill(HOSTILE);
    await page.getByRole('button', { name: 'Issue token' }).click();
    await page.locator('#result').waitFor();

    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('img[src=x], main script').count()).toBe(0);
    expect(await page.locator('main').innerText()).toContain(HOSTILE);
    expect(await page.content()).not.toContain(
      findClient(server, 'payments', 'label-printer').clientSecret,
    );
    await page.close();
  });

  test.each<Scheme>(['light', 'dark'])(
    'the inspector meets WCAG AA in the %s scheme',
    async (scheme) => {
      const pages = [
        await open('/', 1280, scheme),
        await issue('billing-worker', 1280, scheme),
        await issue('retired-importer', 400, scheme),
      ];
      for (const page of pages) {
        const violations = await findViolations(page);

        expect(violations).toEqual([]);
        await page.close();
      }
    },
  );

  test('the inspector fits a screen of 400 pixels', async () => {
    for (const name of ['billing-worker', 'label-printer']) {
      const page = await issue(name, 400);

      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
      await page.close();
    }
  });

  test('the inspector raises no fault in the browser, a breach of its content policy included', () => {
    expect(faults).toEqual([]);
  });

  test('the inspector finds one of a thousand clients', async () => {
    const crowded = await startInspectedServer(1000);
    const page = await open('/');
    await page.goto(crowded.url);

    await page.getByLabel('Search clients').fill('courier 777');
    const shown = page.locator('[data-client]:visible');

    expect(await shown.allInnerTexts()).toEqual(['courier-777']);
    expect(await page.locator('[data-search-count]').innerText()).toBe('1 of 1,003 clients');
    const clientId = findClient(crowded, 'logistics', 'courier-12').clientId;
    await page.getByLabel('Search clients').fill(clientId.slice(0, 12));
    // A hit on the id shows the id.
    expect(await shown.allInnerTexts()).toEqual([`courier-12\n${clientId}`]);
    await page.getByLabel('Search clients').fill('courier 777');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/clients/*');
    expect(await page.locator('h1').innerText()).toBe('courier-777');
    await Promise.all([page.close(), crowded.close()]);
  });

  // The README's pictures; a plain run leaves the tree as it is.
  if (process.env['UPDATE_SCREENSHOTS'] === '1') {
    test.each<Scheme>(['light', 'dark'])(
      'the inspector is pictured in the %s scheme',
      async (scheme) => {
        const page = await issue('billing-worker', 1280, scheme);
        await page.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
        await page.waitForTimeout(300);
        await page.screenshot({ path: `${IMAGES}inspector-${scheme}.png`, animations: 'disabled' });
        await page.close();
      },
    );
  }
});

async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']";
  const results = (await page.evaluate(`axe.run({ runOnly: ${tags} })`)) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
