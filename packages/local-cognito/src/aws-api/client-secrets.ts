import { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import { type ClientSecret, createClientSecret } from '../state/local-state.ts';
import { REGISTERED_CLIENT_TYPE } from '../state/pool-definition.ts';
import type { Core } from '../tokens/core.ts';
import { defineOperation, requireClient, requirePool } from './operation.ts';

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html */
const MAX_SECRETS = 2;

const clientInput = z.object({ UserPoolId: z.string().min(1), ClientId: z.string().min(1) });

/** Adds a second secret; both are good until one is deleted. */
const addUserPoolClientSecret = defineOperation(
  clientInput.extend({
    ClientSecret: z
      .string()
      .regex(/^[\w+]{24,64}$/)
      .optional(),
  }),
  async (core, { UserPoolId, ClientId, ClientSecret }) => {
    const pool = requirePool(core, UserPoolId);
    const client = requireSecretClient(core, pool, ClientId);
    const added = await addSecret(core, { pool, client }, ClientSecret);
    // A generated secret is shown this once; the caller's own one is not sent back.
    const value = ClientSecret === undefined ? { ClientSecretValue: added.value } : {};
    return { ClientSecretDescriptor: { ...describeSecret(added), ...value } };
  },
);

/** Lists the secrets, without their values. */
const listUserPoolClientSecrets = defineOperation(clientInput, (core, { UserPoolId, ClientId }) => {
  const pool = requirePool(core, UserPoolId);
  const client = requireSecretClient(core, pool, ClientId);
  return { ClientSecrets: core.secrets.list(pool, client).map(describeSecret) };
});

/** Deletes a secret, but never the last one. */
const deleteUserPoolClientSecret = defineOperation(
  clientInput.extend({ ClientSecretId: z.string().min(1) }),
  async (core, { UserPoolId, ClientId, ClientSecretId }) => {
    const pool = requirePool(core, UserPoolId);
    const client = requireSecretClient(core, pool, ClientId);
    await core.secrets.update(pool, client, (secrets) => {
      const left = secrets.filter(({ id }) => id !== ClientSecretId);
      if (left.length === secrets.length) {
        throw new AwsError('ResourceNotFoundException', 'This client has no such secret.');
      }
      if (left.length > 0) return left;
      throw new AwsError(core.behaviour.lastSecretException, 'The last secret cannot be deleted.');
    });
    return {};
  },
);

/** A client that registered itself has no operations for its secret. */
function requireSecretClient(core: Core, pool: UserPool, clientId: string): AppClient {
  const client = requireClient(core, pool, clientId);
  if (client.members['ClientType'] !== REGISTERED_CLIENT_TYPE) return client;
  const message = 'The secret of a dynamically registered client cannot be managed.';
  throw new AwsError('InvalidParameterException', message);
}

async function addSecret(
  core: Core,
  { pool, client }: { readonly pool: UserPool; readonly client: AppClient },
  value: string | undefined,
): Promise<ClientSecret> {
  const added: ClientSecret[] = [];
  await core.secrets.update(pool, client, (secrets) => {
    if (secrets.length >= MAX_SECRETS) {
      throw new AwsError('LimitExceededException', 'A client has at most 2 secrets.');
    }
    added.push(createClientSecret(client.clientId, core.clock(), value, secrets));
    return [...secrets, ...added];
  });
  return added[0] as ClientSecret;
}

function describeSecret({ id, createdAt }: ClientSecret) {
  return { ClientSecretId: id, ClientSecretCreateDate: createdAt };
}

/** What adds, lists and deletes an app client's secrets. */
export const CLIENT_SECRET_OPERATIONS = {
  AddUserPoolClientSecret: addUserPoolClientSecret,
  ListUserPoolClientSecrets: listUserPoolClientSecrets,
  DeleteUserPoolClientSecret: deleteUserPoolClientSecret,
};
