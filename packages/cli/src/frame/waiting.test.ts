import { expect, test } from '@jest/globals';
import { createStatusLine, startWaiting } from './terminal.ts';

const CLEAR = '\r\u001b[2K';

function start() {
  const written: string[] = [];
  const line = createStatusLine((text) => written.push(text));
  let tick = () => {};
  let isStopped = false;
  const repeat = (_milliseconds: number, callback: () => void) => {
    tick = callback;
    return () => {
      isStopped = true;
    };
  };
  const waiting = startWaiting({ label: 'm2m explain', line, repeat });
  return { written, line, waiting, tick: () => tick(), isStopped: () => isStopped };
}

test('the waiting line shows the seconds, and clears the line at the end', () => {
  const { written, waiting, tick, isStopped } = start();

  tick();
  tick();
  waiting.end();

  expect(written).toEqual([`${CLEAR}m2m explain: 1 s`, `${CLEAR}m2m explain: 2 s`, CLEAR]);
  expect(isStopped()).toBe(true);
});

test('a quick command shows nothing', () => {
  const { written, waiting } = start();

  waiting.end();

  expect(written).toEqual([]);
});

test('the waiting line gives way to progress, and comes back after it', () => {
  const { written, line, tick } = start();
  const progress = {};

  line.show(progress, 'Reading: 3');
  tick();
  line.clear(progress);
  tick();

  expect(written).toEqual([`${CLEAR}Reading: 3`, CLEAR, `${CLEAR}m2m explain: 2 s`]);
});

test('the waiting line gives way to a question', async () => {
  const { written, waiting, tick } = start();
  tick();

  const answer = await waiting.during(async () => {
    tick();
    return 'yes';
  });
  tick();

  expect(answer).toBe('yes');
  expect(written).toEqual([`${CLEAR}m2m explain: 1 s`, CLEAR, `${CLEAR}m2m explain: 3 s`]);
});
