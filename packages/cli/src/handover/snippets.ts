import type { HandoverJson } from './handover-json.ts';

/** Ready code and settings for one client, each with its heading. */
export function renderSnippets(json: HandoverJson): string[] {
  return [
    '## Permissions of the reading role',
    block('json', JSON.stringify(readingPolicy(json), null, 2)),
    '## Token client: Node.js, AWS Lambda',
    'Created outside of a Lambda handler, it keeps its tokens between calls.',
    block('ts', tokenClient(json)),
    '## Amazon ECS: task definition',
    'Read once, when the task starts: after a rotation, start new tasks within the grace period.',
    block('json', JSON.stringify(containerSecrets(json), null, 2)),
    '## Amazon EKS: External Secrets',
    'Mount it as files: they change with the secret.',
    block('yaml', externalSecret(json)),
  ];
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html */
function readingPolicy({ secret, region }: HandoverJson) {
  const [, partition = 'aws', , , account = ''] = secret.arn.split(':');
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret.arn },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: `arn:${partition}:kms:${region}:${account}:key/*`,
        Condition: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': secret.keyAlias },
        },
      },
    ],
  };
}

function tokenClient({ region, parameters, secret, scopes, metadata }: HandoverJson): string {
  const path = Object.keys(parameters)[0]?.replace(/\/[^/]+$/, '');
  const required = metadata.filter(({ isRequired }) => isRequired);
  const sent = required.map(({ key, allowed }) => {
    return `${JSON.stringify(key)}: ${JSON.stringify(allowed?.[0] ?? '<user token>')}`;
  });
  const request = [
    `scopes: ${JSON.stringify(scopes)}`,
    ...(sent.length === 0 ? [] : [`metadata: { ${sent.join(', ')} }`]),
  ];
  return [
    "import { SecretsManager } from '@aws-sdk/client-secrets-manager';",
    "import { SSM } from '@aws-sdk/client-ssm';",
    "import { createTokenClient, secretsManagerCredentials } from '@cognito-m2m/token-client';",
    '',
    `const region = '${region}';`,
    'const tokens = createTokenClient({',
    `  endpoint: { parameters: '${path}', client: new SSM({ region }) },`,
    '  credentials: secretsManagerCredentials({',
    '    client: new SecretsManager({ region }),',
    `    secretId: '${secret.arn}',`,
    '  }),',
    '});',
    '',
    `const { accessToken } = await tokens.get({ ${request.join(', ')} });`,
  ].join('\n');
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
function containerSecrets({ secret }: HandoverJson) {
  return {
    secrets: [
      { name: 'M2M_CLIENT_ID', valueFrom: `${secret.arn}:client_id::` },
      { name: 'M2M_CLIENT_SECRET', valueFrom: `${secret.arn}:client_secret::` },
    ],
  };
}

/** @see https://external-secrets.io/latest/provider/aws-secrets-manager/ */
function externalSecret({ client, secret }: HandoverJson): string {
  const name = client.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-');
  return [
    'apiVersion: external-secrets.io/v1',
    'kind: ExternalSecret',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  refreshInterval: 15m',
    '  secretStoreRef: { kind: ClusterSecretStore, name: aws-secrets-manager }',
    `  target: { name: ${name} }`,
    '  dataFrom:',
    `    - extract: { key: '${secret.arn}' }`,
  ].join('\n');
}
