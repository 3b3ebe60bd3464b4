import type { CognitoBehaviour } from './behaviour.ts';
import type { UserPool } from './pools/user-pool.ts';

/**
 * Says what a pool's tokens hold as `iss`.
 *
 * @param baseUrl - This server's own address.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function toIssuer(
  pool: UserPool,
  format: CognitoBehaviour['issuerFormat'],
  baseUrl: string,
): string {
  const { region, userPoolId } = pool;
  if (format === 'local') return `${baseUrl}/${userPoolId}`;
  const host = format === 'aws' ? 'cognito-idp' : 'issuer-cognito-idp';
  return `https://${host}.${region}.amazonaws.com/${userPoolId}`;
}
