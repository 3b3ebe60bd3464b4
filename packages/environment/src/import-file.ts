import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildFailure, build, type Plugin } from 'esbuild';

/** The packages that an environment file may import wherever it is, by their folders in this repository. */
const OWN_PACKAGES = ['contract', 'environment'] as const;

/** What an environment file imports of this repository is found wherever the file is. */
const ownPackages: Plugin = {
  name: 'own-packages',
  async setup({ onResolve }) {
    const root = findRepository(import.meta.dirname);
    for (const folder of OWN_PACKAGES) {
      const { name, exports } = await readManifest(join(root, 'packages', folder));
      const path = join(root, 'packages', folder, exports['.']);
      onResolve({ filter: /^@/ }, (imported) =>
        imported.path === name ? { path, sideEffects: false } : undefined,
      );
    }
  },
};

/** The folder of the repository: this file is in its sources or in a bundle of them. */
function findRepository(from: string): string {
  if (existsSync(join(from, 'pnpm-workspace.yaml'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('This command is not inside its repository any more.');
  return findRepository(parent);
}

async function readManifest(folder: string) {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  // A manifest of this repository: `layers.test.ts` and the package manager hold it to its form.
  return JSON.parse(text);
}

/** What is compiled has no file of its own: a source that asks for its address gets the one that it was written at. */
const addresses: Plugin = {
  name: 'addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const contents = text
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.filename', JSON.stringify(path));
      return { contents, loader: 'ts' };
    });
  },
};

/** CommonJS in an ES module calls `require`, which ES modules do not have. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire('file:///');";

/**
 * Compiles a TypeScript file with everything that it imports, and imports the result.
 *
 * The file may be in any folder: it is an ES module whatever the package.json above it says, and the process need not
 * understand TypeScript.
 *
 * @throws {Error} That says where a source has a fault, or whatever the file throws.
 */
export async function importFile(path: string): Promise<{ readonly default?: unknown }> {
  const { outputFiles } = await build({
    entryPoints: [path],
    plugins: [ownPackages, addresses],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: REQUIRE },
    logLevel: 'silent',
  }).catch((failure: BuildFailure) => {
    throw new Error(describeFailure(failure), { cause: failure });
  });
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  return import(`data:text/javascript;base64,${source}`);
}

function describeFailure({ errors }: BuildFailure): string {
  return errors
    .map(({ text, location }) =>
      location === null
        ? text
        : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
    )
    .join('\n');
}
