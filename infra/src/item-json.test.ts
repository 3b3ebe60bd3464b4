import { decodeItem } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { toBaselineRecord, validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { toItemJson } from './item-json.ts';

const POOL_ID = '${pool.id}';
const CLIENT_ID = '${client["worker"].id}';

function aBaseline(role: string) {
  const clients = { worker: aClient({ claims: { 'custom:organization_id': role } }) };
  const [pool] = validateEnvironment(
    contract,
    anEnvironment({ pools: { payments: aPool({ clients }) } }),
  ).pools;
  const [client] = pool?.clients ?? [];
  if (pool === undefined || client === undefined) throw new Error('no client');
  return toBaselineRecord(pool, client, { userPoolId: POOL_ID, clientId: CLIENT_ID });
}

describe('toItemJson', () => {
  test.each(['${path.root}', '%{ if true }x%{ endif }', '$${twice}', 'a "quoted" \\ ${x}'])(
    'writes %s so that Terraform sees no expression and the item holds the very text',
    (text) => {
      const json = toItemJson(aBaseline(text));

      const outsideIds = json.replaceAll(POOL_ID, '').replaceAll(CLIENT_ID, '');
      expect(outsideIds).not.toMatch(/[$%]\{/);
      expect(decodeItem(JSON.parse(outsideIds))).toMatchObject({
        record: { claims: { 'custom:organization_id': text } },
      });
    },
  );

  test('keeps the references to ids as expressions that Terraform can read', () => {
    const json = toItemJson(aBaseline('12345'));

    expect(json).toContain('"pk":{"S":"POOL#${pool.id}"}');
    expect(json).toContain('"sk":{"S":"CLIENT#${client["worker"].id}#CLAIMS#BASELINE"}');
    expect(json).toContain('"clientId":{"S":"${client["worker"].id}"}');
  });
});
