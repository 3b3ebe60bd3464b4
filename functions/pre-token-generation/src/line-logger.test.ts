import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLineLogger } from './line-logger.ts';

let written: string[];
const write = (line: string) => written.push(line);

beforeEach(() => {
  written = [];
});

afterEach(() => {
  delete process.env['POWERTOOLS_LOG_LEVEL'];
  delete process.env['POWERTOOLS_SERVICE_NAME'];
});

test('a line is one JSON object with the fields of the logger and those of the token', () => {
  process.env['POWERTOOLS_SERVICE_NAME'] = 'dev-claims';

  createLineLogger(write).info('token.issued', '"clientId":"c","claims":{"tier":"baseline"}');

  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(written[0] ?? '')).toEqual({
    level: 'INFO',
    message: 'token.issued',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    service: 'dev-claims',
    clientId: 'c',
    claims: { tier: 'baseline' },
  });
});

test.each([
  ['SILENT', 0],
  ['ERROR', 1],
  ['WARN', 2],
  ['INFO', 3],
])('the level %s lets %i of three lines through', (level, count) => {
  process.env['POWERTOOLS_LOG_LEVEL'] = level;
  const logger = createLineLogger(write);

  logger.info('a', '');
  logger.warn('b', '');
  logger.error('c', '');

  expect(written).toHaveLength(count);
});
