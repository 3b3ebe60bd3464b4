import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/** One bundle under comparison. */
export interface Variant {
  readonly name: VariantName;
  readonly url: string;
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

/** Builds every variant into a folder; ours is the production bundle as it is. */
export async function buildVariants(folder: string): Promise<Variant[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    VARIANT_NAMES.map(async (name) => {
      const outfile = join(folder, `${name}.${name === 'naive' ? 'cjs' : 'mjs'}`);
      if (name === 'ours') {
        const bundle = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
        await copyFile(fileURLToPath(bundle), outfile);
      } else {
        const source = fileURLToPath(new URL(`variants/${name}.ts`, import.meta.url));
        const shared = { bundle: true, platform: 'node', target: 'node20' } as const;
        await build({ ...shared, ...OPTIONS[name], entryPoints: [source], outfile });
      }
      return { name, url: pathToFileURL(outfile).href, sizeBytes: (await stat(outfile)).size };
    }),
  );
}
