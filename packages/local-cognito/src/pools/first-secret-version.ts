import { createHash } from 'node:crypto';
import type { ClientSecret, SecretVersion } from '../storage/local-state.ts';

/** The version that a deploy leaves in AWS Secrets Manager: the client's id and its first secret. */
export function firstSecretVersion(clientId: string, secret: ClientSecret): SecretVersion {
  return {
    // Of the same length as the ids that AWS makes, and the same at every start.
    id: createHash('sha256').update(secret.id).digest('hex').slice(0, 32),
    secretString: JSON.stringify({ client_id: clientId, client_secret: secret.value }),
    stages: ['AWSCURRENT'],
    createdAt: secret.createdAt,
  };
}
