import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { createPrompt } from './terminal.ts';

/** A terminal whose keys a test presses. */
function aTerminal(isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  return { input, output };
}

test.each([
  ['y', true],
  ['yes', true],
  [' YES ', true],
  ['n', false],
  ['', false],
  ['yesterday', false],
])('the answer "%s" is %s', async (answer, expected) => {
  const terminal = aTerminal();

  const confirmed = createPrompt(terminal).confirm('Token before', 'Write it?');
  terminal.input.write(`${answer}\n`);

  expect(await confirmed).toBe(expected);
  terminal.output.end();
  expect(await text(terminal.output)).toMatch(/Token before\s+Write it\? \[y\/N\] /);
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s is a no', async (_name, key) => {
  const terminal = aTerminal();

  const confirmed = createPrompt(terminal).confirm('Token before', 'Write it?');
  terminal.input.write(key);

  expect(await confirmed).toBe(false);
});

test('the end of the input is a no', async () => {
  const terminal = aTerminal();

  const confirmed = createPrompt(terminal).confirm('Token before', 'Write it?');
  terminal.input.end();

  expect(await confirmed).toBe(false);
});

test('the prompt asks twice in one run', async () => {
  const terminal = aTerminal();
  const prompt = createPrompt(terminal);

  const first = prompt.confirm('', 'First?');
  terminal.input.write('y\n');
  expect(await first).toBe(true);
  const second = prompt.confirm('', 'Second?');
  terminal.input.write('y\n');

  expect(await second).toBe(true);
});

test('nobody to answer is an error that names --yes and the question', async () => {
  const confirmed = createPrompt(aTerminal(false)).confirm('Token before', 'Write it?');

  await expect(confirmed).rejects.toMatchObject({
    code: 'ERR_CONFIRMATION_NEEDED',
    message: 'Cannot ask "Write it?": stdin is not a terminal.',
    next: 'the same command with --yes',
  });
});
