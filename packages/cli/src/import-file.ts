import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ImportFile } from '@cognito-m2m/environment';
import { type BuildFailure, build, type Plugin } from 'esbuild';

/** What an environment file imports of this repository is found wherever the file is. */
const ownPackages: Plugin = {
  name: 'own-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^@cognito-m2m\/(?:contract|environment)$/ }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
      sideEffects: false,
    }));
  },
};

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
 * Far quicker than a loader for the whole process, and the file may lie in any folder.
 *
 * @throws {Error} That says where a source has a fault, or whatever the file throws.
 */
export const importFile: ImportFile = async (path) => {
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
};

function describeFailure({ errors }: BuildFailure): string {
  return errors
    .map(({ text, location }) =>
      location === null
        ? text
        : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
    )
    .join('\n');
}
