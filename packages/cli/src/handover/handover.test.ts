import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { type HandoverJson, handover } from './handover.ts';

const ROLE = 'arn:aws:iam::222222222222:role/billing';
const style = createStyle({ hasColours: false });
let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(
    anEnvironment({
      pools: {
        payments: aPool({
          clients: {
            'billing-worker': aClient({
              readers: [ROLE],
              claimsByScope: { 'orders/write': { approval_limit: 5000 } },
              claimsFromMetadata: {
                tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
              },
              suppressClaims: ['tier'],
            }),
            plain: aClient(),
          },
        }),
      },
    }),
  );
});
afterAll(() => deployment.close());

const run = (clientName: string) =>
  handover(deployment.context(), { poolName: 'payments', clientName });

describe('handover', () => {
  test('handover says where everything is, and never the secret', async () => {
    const { json, text } = await run('billing-worker');

    const { parameters, secret, ...rest } = json as HandoverJson;
    expect(Object.keys(parameters)).toEqual([
      '/m2m/test/payments/user-pool-id',
      '/m2m/test/payments/issuer',
      '/m2m/test/payments/token-endpoint',
      '/m2m/test/payments/clients/billing-worker',
    ]);
    expect(secret).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:m2m\/test\//),
      keyAlias: 'alias/m2m-test',
      readers: [ROLE],
    });
    expect(rest).toMatchObject({
      clientId: deployment.clientId('payments', 'billing-worker'),
      scopes: ['orders/read', 'orders/write'],
      accessTokenMinutes: 60,
      claims: {
        'custom:organization_id': 'every token of the client',
        approval_limit: 'tokens with the scope orders/write',
        tenant_id: 'the metadata tenant',
      },
      metadata: [{ key: 'tenant', isRequired: true, allowed: ['t-1', 't-2'] }],
    });
    expect(rest.claims).not.toHaveProperty('tier');
    expect(text(style)).not.toMatch(/client_secret["']?\s*[:=]\s*["'][^"']/);
  });

  test('handover has snippets with the names of the client', async () => {
    const { json, text } = await run('billing-worker');
    const { arn } = (json as HandoverJson).secret;

    const page = text(style);

    expect(page).toContain("endpoint: { parameters: '/m2m/test/payments', client: new SSM(");
    expect(page).toContain('metadata: { "tenant": "t-1" }');
    expect(page).toContain(`"valueFrom": "${arn}:client_secret::"`);
    expect(page).toContain(`- extract: { key: '${arn}' }`);
    expect(page).toContain(`- \`${ROLE}\``);
    const [policy = ''] = /```json\n(\{[\s\S]*?)```/.exec(page)?.slice(1) ?? [];
    expect(JSON.parse(policy).Statement).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arn },
      expect.objectContaining({ Action: 'kms:Decrypt' }),
    ]);
  });

  test('handover says how a client without readers gets one, and that it takes no metadata', async () => {
    const { text } = await run('plain');

    expect(text(style)).toContain('add it to `readers` of plain');
    expect(text(style)).toContain('(`aws_client_metadata`): none.');
  });

  test('handover refuses a client that is not there', async () => {
    await expect(run('nobody')).rejects.toMatchObject({ code: 'ERR_CLIENT_NOT_FOUND' });
  });
});
