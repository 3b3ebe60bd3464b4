import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * Builds a published package, run from its folder: node ../build-package.mjs
 *
 * Leaves a plain npm package in dist/package: both module formats, and the manifest as pnpm publishes it.
 * See docs/decisions/0043-published-packages-by-tsc-twice.md.
 */
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const archive = 'dist/package.tgz';

rmSync('dist', { recursive: true, force: true });
run(process.execPath, compiler, '-p', 'tsconfig.build.json');
run(process.execPath, compiler, '-p', 'tsconfig.build.cjs.json');
writeFileSync('dist/cjs/package.json', '{"type":"commonjs"}\n');

// Without scripts: prepack is there to stop whoever packs the source.
run('pnpm', 'pack', '--silent', '--config.ignore-scripts=true', '--out', archive);
run('tar', '-xzf', archive, '-C', 'dist');
rmSync(archive);

function run(command, ...args) {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}
