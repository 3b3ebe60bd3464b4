import { decodeItem } from '@cognito-m2m/claim-schema';
import { toBaselineRecord, validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixture';
import { describe, expect, test } from '@jest/globals';
import { toItemJson } from './item-json.ts';

function aBaseline(role: string) {
  const clients = { worker: aClient({ claims: { 'custom:organization_id': role } }) };
  const [pool] = validateEnvironment(
    anEnvironment({ pools: { payments: aPool({ clients }) } }),
  ).pools;
  const [client] = pool?.clients ?? [];
  if (pool === undefined || client === undefined) throw new Error('no client');
  return toBaselineRecord(pool, client, { userPoolId: '${pool.id}', clientId: '${client.id}' });
}

describe('toItemJson', () => {
  test.each(['${path.root}', '%{ if true }x%{ endif }', '$${twice}', 'a "quoted" \\ ${x}'])(
    'writes %s so that Terraform sees no expression and the item holds the very text',
    (text) => {
      const json = toItemJson(aBaseline(text));

      const outsideIds = json.replaceAll('${pool.id}', '').replaceAll('${client.id}', '');
      expect(outsideIds).not.toMatch(/[$%]\{/);
      expect(decodeItem(JSON.parse(json))).toMatchObject({
        record: { claims: { 'custom:organization_id': text } },
      });
    },
  );

  test('keeps the references to ids as expressions', () => {
    const item = JSON.parse(toItemJson(aBaseline('12345')));

    expect(item).toMatchObject({
      pk: { S: 'POOL#${pool.id}' },
      sk: { S: 'CLIENT#${client.id}#CLAIMS#BASELINE' },
      clientId: { S: '${client.id}' },
    });
  });
});
