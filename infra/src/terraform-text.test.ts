import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { decodeItem } from '@cognito-m2m/claim-schema/records';
import { toBaselineRecord, validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { CLIENT_ID_PLACEHOLDER, literalText, toItemJson } from './terraform-text.ts';

describe('literalText', () => {
  test.each([
    ['${aws_secret}', '${"$"}{aws_secret}'],
    ['%{ if true }', '${"%"}{ if true }'],
    ['Costs $${amount}', 'Costs ${"$$"}{amount}'],
    ['%%{x}', '${"%%"}{x}'],
    ['$$${x}', '${"$$$"}{x}'],
    ['$%{x} %${y}', '${"$%"}{x} ${"%$"}{y}'],
  ])('literalText writes the expression in %s as a literal', (text, literal) => {
    expect(literalText(text)).toBe(literal);
  });

  test.each(['costs 5 $ or 10 %', '{a: 1}', '$ {x}', '', 'a$', '$$'])(
    'literalText returns "%s" unchanged',
    (text) => {
      expect(literalText(text)).toBe(text);
    },
  );
});

const POOL_ID = '${pool.id}';

function aBaseline(role: string) {
  const clients = { worker: aClient() };
  const [pool] = validateEnvironment(
    contract,
    anEnvironment({ pools: { payments: aPool({ clients }) } }),
  ).pools;
  const [client] = pool?.clients ?? [];
  if (pool === undefined || client === undefined) throw new Error('no client');
  const ids = { userPoolId: POOL_ID, clientId: CLIENT_ID_PLACEHOLDER };
  // Not out of a file: a file may not hold text that Terraform would normalize.
  const claims = { 'custom:organization_id': role };
  return toBaselineRecord(pool, { ...client, claims }, ids);
}

describe('toItemJson', () => {
  test.each([
    '${path.root}',
    '%{ if true }x%{ endif }',
    '$${twice} %%{thrice}',
    'a "quoted" \\ ${x}',
    'decomposed Cafe\u0301 and Zoe\u0308',
    'Hangul \u1112\u1161\u11ab, Angstrom \u212b, ligature \ufb01',
    '\u{1f600} § \u2028 x',
  ])('toItemJson writes %j without an expression or a character outside ASCII', (text) => {
    const json = toItemJson(aBaseline(text));

    const outsideIds = json.replaceAll(POOL_ID, '').replaceAll(CLIENT_ID_PLACEHOLDER, '');
    expect(outsideIds).not.toMatch(/[$%]\{|[^\x20-\x7e]/);
    expect(decodeItem(JSON.parse(outsideIds))).toMatchObject({
      record: { claims: { 'custom:organization_id': text } },
    });
  });

  test('toItemJson keeps the reference to the pool, and the place of the client ID', () => {
    const json = toItemJson(aBaseline('12345'));

    expect(json).toContain('"pk":{"S":"POOL#${pool.id}"}');
    expect(json).toContain('"sk":{"S":"CLIENT#§#CLAIMS#BASELINE"}');
    expect(json).toContain('"clientId":{"S":"§"}');
  });
});
