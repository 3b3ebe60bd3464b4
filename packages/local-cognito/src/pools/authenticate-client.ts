import { timingSafeEqual } from 'node:crypto';
import type { AppClient, ClientSecrets, UserPool } from './user-pool.ts';

/** True if `secret` is one of the client's secrets: both are good while a rotation runs. */
export function isClientSecret(
  secrets: ClientSecrets,
  pool: UserPool,
  client: AppClient,
  secret: string,
): boolean {
  const given = Buffer.from(secret);
  return secrets.list(pool, client).some(({ value }) => {
    const known = Buffer.from(value);
    return known.length === given.length && timingSafeEqual(known, given);
  });
}
