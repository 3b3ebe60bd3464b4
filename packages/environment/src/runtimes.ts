const DAY_MS = 86_400_000;

/** How long before a runtime's end of support the notice appears, in days. */
const NOTICE_DAYS = 180;

/**
 * When AWS Lambda stops supporting each Node.js runtime, as `YYYY-MM-DD`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const RUNTIME_END_OF_SUPPORT: { readonly [runtime: string]: string } = {
  'nodejs16.x': '2024-06-12',
  'nodejs18.x': '2025-09-01',
  'nodejs20.x': '2026-04-30',
  'nodejs22.x': '2027-04-30',
  'nodejs24.x': '2028-04-30',
};

/**
 * Says when a runtime is near its end of support.
 *
 * @param nowMs - The time, in epoch milliseconds.
 * @returns A sentence in the 180 days before the end and after it; `undefined` before that, and for a runtime without a known date.
 */
export function runtimeNotice(runtime: string, nowMs: number): string | undefined {
  const endOfSupport = RUNTIME_END_OF_SUPPORT[runtime];
  if (endOfSupport === undefined) return undefined;
  const daysLeft = Math.ceil((Date.parse(endOfSupport) - nowMs) / DAY_MS);
  if (daysLeft > NOTICE_DAYS) return undefined;
  return daysLeft > 0
    ? `AWS Lambda ends its support of ${runtime} on ${endOfSupport}. Days left: ${daysLeft}.`
    : `AWS Lambda ended its support of ${runtime} on ${endOfSupport}.`;
}
