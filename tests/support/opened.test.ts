import { expect, test } from '@jest/globals';
import { createOpened } from './opened.ts';

/** Opens things that write down when they are closed. */
function open() {
  const opened = createOpened();
  const closed: string[] = [];
  const add = (name: string, opening: Promise<unknown> = Promise.resolve()) =>
    opened.add(opening, () => closed.push(name));
  return { opened, closed, add };
}

test('what was opened is closed once, the newest first', async () => {
  const { opened, closed, add } = open();
  await add('api');
  await add('server');

  await opened.close();
  await opened.close();

  expect(closed).toEqual(['server', 'api']);
});

test('what was opened before a failure is closed, and what failed is not', async () => {
  const { opened, closed, add } = open();
  await add('api');
  await expect(add('server', Promise.reject(new Error('no port')))).rejects.toThrow('no port');

  await opened.close();

  expect(closed).toEqual(['api']);
});

test('what is still opening is closed once it is open', async () => {
  const { opened, closed, add } = open();
  let isOpen = () => {};
  add('api', new Promise<void>((resolve) => (isOpen = resolve)));
  const closing = opened.close();

  isOpen();
  await closing;

  expect(closed).toEqual(['api']);
});

test('one that cannot be closed is reported, and the others are closed', async () => {
  const { opened, closed, add } = open();
  await add('api');
  await opened.add(Promise.resolve(), () => Promise.reject(new Error('stuck')));
  await add('server');

  await expect(opened.close()).rejects.toThrow('stuck');
  expect(closed).toEqual(['server', 'api']);
});
