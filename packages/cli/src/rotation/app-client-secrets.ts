import {
  AddUserPoolClientSecretCommand,
  type CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CliError } from '../frame/errors.ts';
import { isNamed } from './aws-exception.ts';
import type { AppClientSecret } from './rotation-view.ts';

/** The secrets of one app client in Amazon Cognito. */
export interface AppClientSecrets {
  /**
   * Lists them, oldest first.
   *
   * @throws {CliError} `ERR_CLIENT_NOT_FOUND` if Amazon Cognito has no such client any more.
   */
  list(): Promise<AppClientSecret[]>;
  /** Adds a second one; does nothing where there are two, because an earlier request may have been carried out. */
  add(value: string): Promise<void>;
  /** Deletes one; does nothing if it is gone. */
  remove(secretId: string): Promise<void>;
}

/** Opens the secrets of one app client. */
export function openAppClientSecrets(
  cognito: CognitoIdentityProviderClient,
  key: { readonly UserPoolId: string; readonly ClientId: string },
): AppClientSecrets {
  return {
    async list() {
      const list = new ListUserPoolClientSecretsCommand(key);
      const { ClientSecrets = [] } = await cognito.send(list).catch((cause: unknown) => {
        if (!isNamed(cause, 'ResourceNotFoundException')) throw cause;
        const message = `Amazon Cognito has no app client ${key.ClientId} any more.`;
        throw new CliError('ERR_CLIENT_NOT_FOUND', message, {
          cause,
          next: { m2m: 'plan' },
        });
      });
      return ClientSecrets.map(({ ClientSecretId = '', ClientSecretCreateDate }) => ({
        id: ClientSecretId,
        createdAtMs: ClientSecretCreateDate?.getTime() ?? 0,
      })).sort((first, second) => first.createdAtMs - second.createdAtMs);
    },
    async add(value) {
      const add = new AddUserPoolClientSecretCommand({ ...key, ClientSecret: value });
      await cognito.send(add).catch(ignoring('LimitExceededException'));
    },
    async remove(secretId) {
      const remove = new DeleteUserPoolClientSecretCommand({ ...key, ClientSecretId: secretId });
      await cognito.send(remove).catch(ignoring('ResourceNotFoundException'));
    },
  };
}

function ignoring(name: string): (error: unknown) => void {
  return (error) => {
    if (!isNamed(error, name)) throw error;
  };
}
