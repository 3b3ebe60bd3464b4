/**
 * When AWS Lambda stops supporting each Node.js runtime, as `YYYY-MM-DD`, as of February 2026.
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
