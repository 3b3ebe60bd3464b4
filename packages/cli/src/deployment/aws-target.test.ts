import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import { createAwsTarget } from './aws-target.ts';

/** A target whose caller is in the account 123456789012, and what it asked AWS for. */
function aTarget(accountId?: string) {
  const environment = validateEnvironment(
    contract,
    anEnvironment({ ...(accountId && { accountId }) }),
  );
  const target = createAwsTarget({ environment });
  const asked: string[] = [];
  const send = async (command: object) => {
    asked.push(command.constructor.name);
    return { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/me', Parameters: [] };
  };
  for (const client of Object.values(target.clients)) Object.assign(client, { send });
  return { target, asked };
}

test.each([
  ['a pool', 'findPool'],
  ['the names of the pools', 'listPoolNames'],
  ['a client', 'findClientId'],
] as const)('AWS is not asked for %s in another account than the file names', async (_, read) => {
  const { target, asked } = aTarget('999999999999');

  await expect(target[read]('payments', 'worker')).rejects.toMatchObject({
    code: 'ERR_ACCOUNT_WRONG',
    message: expect.stringMatching(
      /to account 123456789012; environment "test" is in account 9{12}/,
    ),
  });
  expect(asked).toEqual(['GetCallerIdentityCommand']);
});

test('AWS is asked once who calls, for all that is read and written', async () => {
  const { target, asked } = aTarget('123456789012');

  await target.findPool('payments');
  await target.findClientId('payments', 'worker');
  await target.readCaller();

  expect(asked.filter((name) => name === 'GetCallerIdentityCommand')).toHaveLength(1);
});

test('AWS is not asked who calls where the file names no account', async () => {
  const { target, asked } = aTarget();

  await target.findPool('payments');

  expect(asked).toEqual(['GetParametersCommand']);
});
