import type { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';

/** One operation of the user pools API. */
export interface Operation {
  /** True if AWS takes it from anyone, without a signature. */
  readonly isPublic: boolean;
  /**
   * Answers a call.
   *
   * @param host - The `Host` header of the request.
   * @throws {AwsError} For a call that is refused.
   */
  call(core: Core, input: unknown, host: string | undefined): Promise<object>;
}

/** Makes an operation out of the shape of its input and what it does. */
export function defineOperation<S extends z.ZodType>(
  input: S,
  call: (core: Core, input: z.output<S>, host: string | undefined) => object | Promise<object>,
  { isPublic = false } = {},
): Operation {
  return {
    isPublic,
    async call(core, raw, host) {
      const parsed = input.safeParse(raw);
      if (!parsed.success) {
        const fields = parsed.error.issues.map(({ path }) => path.join('.') || '(input)');
        const message = `Missing or malformed: ${[...new Set(fields)].join(', ')}`;
        throw new AwsError('InvalidParameterException', message);
      }
      return call(core, parsed.data, host);
    },
  };
}

/** Finds a pool by its id, as API calls name it. */
export function requirePool({ directory }: Core, userPoolId: string): UserPool {
  const pool = directory.findPool(userPoolId);
  // A pool's name is this server's own short cut, and no id.
  if (pool?.userPoolId === userPoolId) return pool;
  throw new AwsError('ResourceNotFoundException', `User pool ${userPoolId} does not exist.`);
}

/** Finds a client of a pool. */
export function requireClient(core: Core, pool: UserPool, clientId: string): AppClient {
  const client = core.directory.findClient(pool, clientId);
  if (client !== undefined) return client;
  throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
}
