import { fileURLToPath } from 'node:url';
import type { ImportFile } from '@cognito-m2m/environment';
import { type BuildFailure, build } from 'esbuild';

/** What an environment file imports of this repository, wherever the file is. */
const OWN_PACKAGES = ['@cognito-m2m/contract', '@cognito-m2m/environment'];

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
    alias: Object.fromEntries(
      OWN_PACKAGES.map((name) => [name, fileURLToPath(import.meta.resolve(name))]),
    ),
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
