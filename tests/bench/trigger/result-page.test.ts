import { expect, test } from '@jest/globals';
import { putSection } from './result-page.ts';

test('a section takes the place of that of the same version, in the order of the versions', () => {
  const page = ['## Node.js 24\n\nnew', '## Node.js 9\n\nold', '## Node.js 24\n\nnewer'].reduce(
    (so, section) => putSection(so, section),
    '# A page of long ago\n',
  );

  expect(page.match(/^#.*$/gm)).toEqual([
    "# The trigger's start and its warm path",
    '## Node.js 9',
    '## Node.js 24',
  ]);
  expect(page).toContain('newer');
  expect(page).not.toMatch(/new$/m);
  expect(putSection(page, '## Node.js 24\n\nnewer')).toBe(page);
});
