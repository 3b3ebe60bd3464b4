import { cp, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/** One function under comparison. */
export interface Variant {
  readonly name: VariantName;
  /** `index.mjs` or `index.cjs` in a folder of its own, as a function is deployed. */
  readonly file: string;
  /** Of every file that it loads. */
  readonly sizeBytes: number;
}

/** The functions that are compared; `user-token` is ours with a verified token of a user. */
export const VARIANT_NAMES = [
  'bare',
  'hand-signed',
  'middy-logger',
  'ours',
  'user-token',
  'sdk-defaults',
  'naive',
] as const;
export type VariantName = (typeof VARIANT_NAMES)[number];

const esm: BuildOptions = { format: 'esm', minify: true };
const withRequire: BuildOptions = {
  ...esm,
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};
const OPTIONS: { readonly [name in Exclude<VariantName, 'ours' | 'user-token'>]: BuildOptions } = {
  bare: esm,
  'hand-signed': esm,
  'middy-logger': withRequire,
  'sdk-defaults': withRequire,
  naive: { format: 'cjs' },
};

/** What each start of ours loads; the production bundle as it is. */
const OURS = { ours: ['index.mjs'], 'user-token': ['index.mjs', 'verified-token.mjs'] };

/** Builds every variant below a folder. */
export async function buildVariants(
  folder: string,
): Promise<{ readonly [name in VariantName]: Variant }> {
  const variants = await Promise.all(
    VARIANT_NAMES.map((name) =>
      name === 'ours' || name === 'user-token'
        ? copyOurs(name, join(folder, name))
        : buildOther(name, join(folder, name)),
    ),
  );
  return Object.fromEntries(variants.map((variant) => [variant.name, variant])) as {
    [name in VariantName]: Variant;
  };
}

async function copyOurs(name: keyof typeof OURS, folder: string): Promise<Variant> {
  const bundle = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  await cp(dirname(fileURLToPath(bundle)), folder, { recursive: true });
  const sizes = OURS[name].map(async (file) => (await stat(join(folder, file))).size);
  const sizeBytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size);
  return { name, file: join(folder, 'index.mjs'), sizeBytes };
}

async function buildOther(name: keyof typeof OPTIONS, folder: string): Promise<Variant> {
  const file = join(folder, `index.${name === 'naive' ? 'cjs' : 'mjs'}`);
  await mkdir(folder, { recursive: true });
  const source = fileURLToPath(new URL(`variants/${name}.ts`, import.meta.url));
  const shared = { bundle: true, platform: 'node', target: 'node20' } as const;
  await build({ ...shared, ...OPTIONS[name], entryPoints: [source], outfile: file });
  return { name, file, sizeBytes: (await stat(file)).size };
}
