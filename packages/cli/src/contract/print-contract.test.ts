import { expect, test } from '@jest/globals';
import { runLine } from '../../test/run-line.ts';

test.each([
  [['contract', 'json-schema'], ['environment']],
  [
    ['contract', 'json-schema', '--pool', 'dispatch'],
    ['environment', 'depot'],
  ],
])('%j requires %j', async (line, required) => {
  const { stdout, exitCode } = await runLine(line);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    required,
    properties: { limits: { properties: { perMinute: { type: 'integer', maximum: 6000 } } } },
  });
});

test.each([
  [['contract', 'yaml'], /Unknown format "yaml"/],
  [['contract', 'typescript', '--pool', 'payments'], /--pool/],
])('%j is refused', async (line, message) => {
  const { stderr, exitCode } = await runLine(line);

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(message);
});

test('typescript prints a module that binds the verifier to the contract', async () => {
  const { stdout } = await runLine(['contract', 'typescript']);

  expect(stdout).toContain('export const { createVerifier, createGatewayClaimsReader }');
  expect(stdout).toContain('"custom:organization_id"');
});
