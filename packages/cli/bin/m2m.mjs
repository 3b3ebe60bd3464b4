#!/usr/bin/env node
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { loadCommand } from '../../load-command.mjs';

// Where Node.js has it, the next start need not compile the bundle again.
module.enableCompileCache?.();

await loadCommand(async () => {
  const bundle = findBundle();
  if (bundle !== undefined) return import(bundle);
  // Without a bundle of these sources, the sources run as they are, at a slower start.
  const { register } = await import('tsx/esm/api');
  register();
  return import('../src/m2m.ts');
});

/** The address of the bundle; nothing if it was not built, or a source has changed since. */
function findBundle() {
  try {
    const bundle = import.meta.resolve('#bundle');
    const list = new URL('sources.json', bundle);
    const builtAt = statSync(list).mtimeMs;
    const sources = Object.entries(JSON.parse(readFileSync(list, 'utf8')));
    return sources.every(([path, hash]) => isSame(path, hash, builtAt)) ? bundle : undefined;
  } catch {
    return undefined;
  }
}

function isSame(path, hash, builtAt) {
  const file = new URL(path, new URL('../', import.meta.url));
  if (statSync(file).mtimeMs <= builtAt) return true;
  return createHash('sha256').update(readFileSync(file)).digest('hex').startsWith(hash);
}
