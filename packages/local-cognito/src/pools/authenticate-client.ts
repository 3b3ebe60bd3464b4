import { createHash, timingSafeEqual } from 'node:crypto';
import type { AppClient, ClientSecrets, UserPool } from './user-pool.ts';

/** True if `secret` is one of the client's secrets: both are good while a rotation runs. */
export function isClientSecret(
  secrets: ClientSecrets,
  pool: UserPool,
  client: AppClient,
  secret: string,
): boolean {
  const given = digest(secret);
  return secrets.list(pool, client).some(({ value }) => timingSafeEqual(digest(value), given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
