import {
  UpdateUserPoolRequest$,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { expect, test } from '@jest/globals';
import { toUpdateRequest } from './change-pool.ts';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:trigger:live';

/** A pool with a value for every setting that the update takes, by the API's model, and for what it does not take. */
function aFullPool(): UserPoolType {
  const settings = Object.fromEntries(UpdateUserPoolRequest$[4].map((name) => [name, { name }]));
  const { UserPoolId, PoolName, ...described } = settings;
  return {
    ...described,
    Id: 'eu-central-1_Test00001',
    Name: 'payments',
    Arn: 'arn',
    Status: 'Enabled',
    EstimatedNumberOfUsers: 0,
    CreationDate: new Date(0),
    Domain: 'acme',
    LambdaConfig: { PreSignUp: 'arn:other' },
  } as unknown as UserPoolType;
}

test('the update of a pool keeps every setting that the update takes, and sends nothing else', () => {
  const pool = aFullPool();

  const request = toUpdateRequest('eu-central-1_Test00001', pool, { triggerArn: ARN });

  expect(Object.keys(request).sort()).toEqual([...UpdateUserPoolRequest$[4]].sort());
  expect(request).toMatchObject({ PoolName: 'payments', Policies: pool.Policies });
});

test('the update of a pool adds the trigger and keeps the other triggers', () => {
  const request = toUpdateRequest('id', aFullPool(), { triggerArn: ARN });

  expect(request.LambdaConfig).toEqual({
    PreSignUp: 'arn:other',
    PreTokenGenerationConfig: { LambdaArn: ARN, LambdaVersion: 'V3_0' },
  });
});

test('the update of a pool sets the older trigger field to the same function where there is one', () => {
  const LambdaConfig = { PreTokenGeneration: 'arn:old' };

  const request = toUpdateRequest('id', { LambdaConfig }, { triggerArn: ARN });

  expect(request.LambdaConfig).toMatchObject({ PreTokenGeneration: ARN });
});

test.each([
  ['without the password policy', {}, { UnusedAccountValidityDays: 7 }],
  ['with the password policy', { PasswordPolicy: { TemporaryPasswordValidityDays: 7 } }, {}],
])('the update of a pool sends the invitation days once, %s', (_case, Policies, expected) => {
  const AdminCreateUserConfig = { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 };

  const request = toUpdateRequest('id', { Policies, AdminCreateUserConfig }, {});

  expect(request.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: false, ...expected });
});

test('the update of a pool closes sign-up, protects and raises the plan when asked', () => {
  const changes = { isSignUpClosed: true, isDeletionProtected: true, plan: 'ESSENTIALS' } as const;

  expect(toUpdateRequest('id', { Name: 'payments' }, changes)).toEqual({
    UserPoolId: 'id',
    PoolName: 'payments',
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    DeletionProtection: 'ACTIVE',
    UserPoolTier: 'ESSENTIALS',
  });
});
