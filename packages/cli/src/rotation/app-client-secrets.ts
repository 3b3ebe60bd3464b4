import {
  AddUserPoolClientSecretCommand,
  type CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ifFound } from '@cognito-m2m/doctor';
import { CliError } from '../frame/errors.ts';
import type { AppClientSecret } from './rotation-view.ts';

/** The secrets of one app client in Amazon Cognito. */
export interface AppClientSecrets {
  /**
   * Lists them, oldest first.
   *
   * @throws {CliError} `ERR_CLIENT_NOT_FOUND` if Amazon Cognito has no such client any more.
   */
  list(): Promise<AppClientSecret[]>;
  /**
   * Adds a second one.
   *
   * @returns Its ID; `undefined` if there are two already, because an earlier request may have been carried out.
   */
  add(value: string): Promise<string | undefined>;
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
      const found = await ifFound(cognito.send(list));
      if (found === undefined) {
        const message = `App client ${key.ClientId} no longer exists in Amazon Cognito.`;
        throw new CliError('ERR_CLIENT_NOT_FOUND', message, { next: { m2m: 'plan' } });
      }
      return (found.ClientSecrets ?? [])
        .map(({ ClientSecretId = '', ClientSecretCreateDate }) => ({
          id: ClientSecretId,
          createdAtMs: ClientSecretCreateDate?.getTime() ?? 0,
        }))
        .sort((first, second) => first.createdAtMs - second.createdAtMs);
    },
    async add(value) {
      const add = new AddUserPoolClientSecretCommand({ ...key, ClientSecret: value });
      try {
        const { ClientSecretDescriptor } = await cognito.send(add);
        return ClientSecretDescriptor?.ClientSecretId;
      } catch (error) {
        if (isNamed(error, 'LimitExceededException')) return undefined;
        throw error;
      }
    },
    async remove(secretId) {
      const remove = new DeleteUserPoolClientSecretCommand({ ...key, ClientSecretId: secretId });
      await ifFound(cognito.send(remove));
    },
  };
}

/** True if an AWS service answered with this exception. By name: each SDK client has classes of its own. */
export function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}
