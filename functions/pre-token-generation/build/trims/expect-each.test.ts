import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { expectEach } from './trims.ts';

const buildWith = (foundNames: readonly string[]) =>
  build({
    stdin: { contents: '' },
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'test',
        setup: (b) => foundNames.forEach(expectEach(b, ['one.js', 'other.js'])),
      },
    ],
  });

test('expectEach fails a build that misses something, and names it', async () => {
  await expect(buildWith(['one.js'])).rejects.toThrow('No import asked for other.js');
});

test('expectEach lets a build pass that finds everything', async () => {
  await expect(buildWith(['one.js', 'other.js'])).resolves.toMatchObject({ errors: [] });
});
