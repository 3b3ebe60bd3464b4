import { expect, test } from '@jest/globals';
import { createProgress, createStatusLine } from './terminal.ts';

function startProgress(isTerminal: boolean, total?: number) {
  const written: string[] = [];
  const time = { nowMs: 0 };
  const write = (text: string) => written.push(text);
  const progress = createProgress({
    label: 'Reading',
    total,
    line: isTerminal ? createStatusLine(write) : undefined,
    write,
    clock: () => time.nowMs,
  });
  return { written, time, progress };
}

test('progress shows nothing in the first second', () => {
  const { written, time, progress } = startProgress(true);

  time.nowMs = 999;
  progress.update(1);
  progress.end();

  expect(written).toEqual([]);
});

test('progress redraws one line on a terminal and clears it at the end', () => {
  const { written, time, progress } = startProgress(true, 9);

  time.nowMs = 1000;
  progress.update(3);
  progress.end();

  expect(written).toEqual(['\r\u001b[2KReading: 3 of 9', '\r\u001b[2K']);
});

test('progress writes a line every five seconds where there is no terminal', () => {
  const { written, time, progress } = startProgress(false);

  for (time.nowMs = 0; time.nowMs <= 11_000; time.nowMs += 1000) progress.update(time.nowMs);
  progress.end();

  expect(written).toEqual(['Reading: 1000\n', 'Reading: 6000\n', 'Reading: 11000\n']);
});
