import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/** One bundle under comparison. */
export interface Variant {
  readonly name: VariantName;
  /** `index.mjs` or `index.cjs` in a folder of its own, as a function is deployed. */
  readonly file: string;
  readonly sizeBytes: number;
}

/** The bundles that are compared. */
export const VARIANT_NAMES = ['bare', 'hand-signed', 'ours', 'sdk-defaults', 'naive'] as const;
export type VariantName = (typeof VARIANT_NAMES)[number];

const esm: BuildOptions = { format: 'esm', minify: true };
const OPTIONS: { readonly [name in Exclude<VariantName, 'ours'>]: BuildOptions } = {
  bare: esm,
  'hand-signed': esm,
  'sdk-defaults': {
    ...esm,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  },
  naive: { format: 'cjs' },
};

/** Builds every variant below a folder; ours is the production bundle as it is. */
export async function buildVariants(folder: string): Promise<Variant[]> {
  return Promise.all(
    VARIANT_NAMES.map(async (name) => {
      const outfile = join(folder, name, `index.${name === 'naive' ? 'cjs' : 'mjs'}`);
      await mkdir(dirname(outfile), { recursive: true });
      if (name === 'ours') {
        const bundle = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
        await copyFile(fileURLToPath(bundle), outfile);
      } else {
        const source = fileURLToPath(new URL(`variants/${name}.ts`, import.meta.url));
        const shared = { bundle: true, platform: 'node', target: 'node20' } as const;
        await build({ ...shared, ...OPTIONS[name], entryPoints: [source], outfile });
      }
      return { name, file: outfile, sizeBytes: (await stat(outfile)).size };
    }),
  );
}
