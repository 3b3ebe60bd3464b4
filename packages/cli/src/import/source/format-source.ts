import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Where Biome finds the repository's settings; the text itself comes through a pipe. */
const PACKAGE_DIRECTORY = fileURLToPath(new URL('../../..', import.meta.url));

/** Formats TypeScript as the repository's own check wants it, with the same Biome. */
export async function formatSource(source: string): Promise<string> {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const child = spawn(process.execPath, [biome, 'format', '--stdin-file-path=environment.ts'], {
    cwd: PACKAGE_DIRECTORY,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(source);
  const [formatted, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (exitCode !== 0) throw new Error(`Biome ended with ${exitCode}`);
  return formatted;
}
