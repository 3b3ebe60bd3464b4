import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * Builds the published package, run from its folder: node build.mjs
 *
 * One CommonJS bundle holds everything, so that both module formats share its classes, nothing else has to be installed, and a
 * start reads one file. See docs/decisions/0067-local-cognito-is-published-as-one-bundle.md.
 */
const PACKAGE = 'dist/package';
const OUT = `${PACKAGE}/dist`;
const source = JSON.parse(readFileSync('package.json', 'utf8'));

/** What is never used: zod's messages in other languages, and Fastify's compilers of schemas. */
const withoutUnused = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    const namespace = 'unused';
    const unused =
      /\/locales\/index\.js$|^@fastify\/(?:ajv|fast-json-stringify)-compiler$|^light-my-request$/;
    onResolve({ filter: unused }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /.*/, namespace }, () => ({ contents: '' }));
  },
};

rmSync('dist', { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

const { metafile } = await build({
  entryPoints: { main: 'src/bin/package.ts' },
  outdir: OUT,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  plugins: [withoutUnused],
  // Native: only who keeps data between runs needs it.
  external: ['classic-level'],
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  metafile: true,
  logLevel: 'warning',
});
// The worker is a file of its own, and so are the files of the page.
copyFileSync('src/trigger/trigger-worker.mjs', `${OUT}/trigger-worker.mjs`);
cpSync('src/page/static', `${OUT}/static`, { recursive: true });
if (existsSync('measured')) cpSync('measured', `${OUT}/measured`, { recursive: true });

const NAMES = ['DEFAULT_BEHAVIOUR', 'LocalCognitoError', 'startLocalCognito'];
write(
  'index.cjs',
  `const main = require('./main.cjs');\n${NAMES.map((name) => `exports.${name} = main.${name};`).join('\n')}\n`,
);
write(
  'index.mjs',
  `import main from './main.cjs';\nexport const { ${NAMES.join(', ')} } = main;\n`,
);
write(
  'local-cognito.cjs',
  `#!/usr/bin/env node
// Before Node.js starts its threads: signatures are made on them, and more threads than processors take turns instead of working.
process.env.UV_THREADPOOL_SIZE ??= String(
  Math.min(4, Math.max(2, require('node:os').availableParallelism())),
);
// The second start need not compile again, where Node.js has such a cache.
require('node:module').enableCompileCache?.();
require('./main.cjs').main();
`,
);
chmodSync(`${OUT}/local-cognito.cjs`, 0o755);
writeTypes();
write(
  'local-cognito.schema.json',
  execFileSync(process.execPath, [`${OUT}/local-cognito.cjs`, '--schema'], { encoding: 'utf8' }),
);
writeFileSync(`${PACKAGE}/THIRD-PARTY-LICENSES.txt`, collectLicences(metafile));
copyFileSync('README.md', `${PACKAGE}/README.md`);
copyFileSync('../../LICENSE', `${PACKAGE}/LICENSE`);
writeFileSync(`${PACKAGE}/package.json`, `${JSON.stringify(toManifest(), null, 2)}\n`);

function toManifest() {
  const { name, version, license, description, engines } = source;
  const types = (format) => `./dist/types/${format}/index.d.ts`;
  return {
    name,
    version,
    license,
    description,
    type: 'module',
    engines,
    bin: { 'local-cognito': './dist/local-cognito.cjs' },
    files: ['dist', 'THIRD-PARTY-LICENSES.txt'],
    exports: {
      '.': {
        import: { types: types('esm'), default: './dist/index.mjs' },
        require: { types: types('cjs'), default: './dist/index.cjs' },
      },
      './schema.json': './dist/local-cognito.schema.json',
      './package.json': './package.json',
    },
    optionalDependencies: { 'classic-level': installedVersion('classic-level') },
    publishConfig: { access: 'restricted' },
  };
}

/** The declarations that the public ones import, once for each module format. */
function writeTypes() {
  const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  for (const format of ['esm', 'cjs']) {
    for (const file of reachable('dist/types/index.d.ts')) {
      const target = join(OUT, 'types', format, relative('dist/types', file));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(file, target);
    }
  }
  write('types/cjs/package.json', '{"type":"commonjs"}\n');
  rmSync('dist/types', { recursive: true });
}

function reachable(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
    reachable(join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')), found);
  }
  return found;
}

/** The licences of everything inside the bundle. */
function collectLicences({ inputs }) {
  const folders = new Set(
    Object.keys(inputs).flatMap((input) => {
      const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
      return folder === undefined ? [] : folder;
    }),
  );
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}`;
  });
  return `${[...new Set(texts)].sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function installedVersion(name) {
  const file = `node_modules/${name}/package.json`;
  if (!existsSync(file)) throw new Error(`${name} is not installed.`);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

function write(file, text) {
  writeFileSync(`${OUT}/${file}`, text);
}
