import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { mustRun } from '../support/must-run.ts';

/** Where Debian's package puts it; M2M_CHROMIUM names another one. */
const EXECUTABLE = process.env['M2M_CHROMIUM'] ?? '/usr/bin/chromium';

/**
 * Says why the browser tests can't run here.
 *
 * @returns `undefined` where they can, and where they must: there they fail without a browser.
 */
export function findSkipReason(): string | undefined {
  if (mustRun || existsSync(EXECUTABLE)) return undefined;
  return `there is no ${EXECUTABLE}; install chromium or set M2M_CHROMIUM`;
}

/** Starts a headless browser. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--disable-gpu', '--disable-dev-shm-usage'],
  });
}
