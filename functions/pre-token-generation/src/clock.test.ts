import { expect, test } from '@jest/globals';
import { ageMs, systemClock, takeMoment } from './clock.ts';

test('a moment of this machine grows older', () => {
  const moment = takeMoment(systemClock);

  expect(Math.abs(moment.wallMs - Date.now())).toBeLessThan(10_000);
  expect(ageMs(systemClock, moment)).toBeGreaterThanOrEqual(0);
});
