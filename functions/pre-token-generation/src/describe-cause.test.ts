import { StoreError } from '@cognito-m2m/claims-store/errors';
import { describe, expect, test } from '@jest/globals';
import { describeCause } from './middlewares/token-log.ts';

describe('the description of a cause', () => {
  test('the description of a cause of a fault of ours has name and stack, without the lines of its message', () => {
    const description = describeCause(new TypeError('canary\n    at canary'));

    expect(description).toMatchObject({
      name: 'TypeError',
      stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
    });
    expect(JSON.stringify(description)).not.toContain('canary');
  });

  test('the description of a cause has no stack if its message cannot be removed from it', () => {
    const stack = 'TypeError: canary\n    at canary\n    at canary';
    const error = Object.assign(new TypeError('changed later'), { stack });

    expect(describeCause(error)).toEqual({ name: 'TypeError', stack: [] });
  });

  test('the description of a cause of a store error has its code and its own cause, and no stack', () => {
    const cause = Object.assign(new Error('canary'), { name: 'TimeoutError', stack: 'canary' });

    expect(describeCause(new StoreError('ERR_STORE_TIMEOUT', 'Late.', { cause }))).toEqual({
      name: 'StoreError',
      code: 'ERR_STORE_TIMEOUT',
      cause: { name: 'TimeoutError', stack: expect.any(Array) },
    });
  });

  test.each([['a string'], [undefined], [null]])(
    'the description of a cause of %j names only its kind',
    (thrown) => {
      expect(describeCause(thrown)).toEqual({ name: typeof thrown });
    },
  );
});
