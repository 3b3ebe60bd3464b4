/**
 * The version of the product: what `m2m --version` prints and what a deploy writes next to the trigger.
 *
 * `npx -y pnpm@12 release` writes it, together with the version of every published package.
 */
export const VERSION = '1.0.0';
