import type { TokenSelector } from '@cognito-m2m/claim-schema';
import { A_CLIENT_ID, aBaseline, aTokenSelector } from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import { aDeploymentView } from '../../test/a-deployment-view.ts';
import { withRecords } from '../../test/check-deployment.ts';
import { createOptionalReads } from './optional-reads.ts';
import { gatherUserTokens, type UserTokenQuestions } from './user-tokens.ts';

const USERS = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Users';

/** What is gathered about a client that takes claims from a user token. */
async function gather(
  selector: Partial<TokenSelector> | undefined,
  questions: Partial<UserTokenQuestions>,
) {
  const claimsFromToken = selector && aTokenSelector(selector);
  const baseline = aBaseline({
    clientId: A_CLIENT_ID,
    ...(claimsFromToken && { claimsFromToken }),
  });
  const { pools } = aDeploymentView(withRecords({ baseline }));
  const reads = createOptionalReads();
  const all = { findKeysProblem: async () => undefined, ...questions };
  return { ...(await gatherUserTokens(all, pools, reads)), notChecked: reads.notRead };
}

const issuer = (fields: Partial<TokenSelector['issuer']>) => ({
  issuer: { ...aTokenSelector().issuer, issuer: USERS, clientIds: ['app'], ...fields },
});

describe('the issuers of user tokens', () => {
  test.each([
    ['no app client', ['app', 'other'], []],
    ['one app client', ['other'], ['app']],
    ['all app clients', [], ['app']],
  ])('an issuer has lost %s', async (_what, existing, gone) => {
    const asked: unknown[] = [];
    const listClientIds: UserTokenQuestions['listClientIds'] = async (pool) => {
      asked.push(pool);
      return existing;
    };

    const { goneIssuerClients } = await gather(issuer({}), { listClientIds });

    expect(asked).toEqual([{ region: 'eu-west-1', userPoolId: 'eu-west-1_Users' }]);
    expect(goneIssuerClients.map(({ clientId }) => clientId)).toEqual(gone);
  });

  test.each([
    ['is not a user pool', issuer({ issuer: 'https://login.partner.example' })],
    ['names no app client', issuer({ clientIds: [], audience: ['payments'] })],
  ])('an issuer that %s is not asked about app clients', async (_what, selector) => {
    const listClientIds = () => Promise.reject(new Error('was asked'));

    await expect(gather(selector, { listClientIds })).resolves.toMatchObject({
      goneIssuerClients: [],
    });
  });

  test('app clients of another account are not checked, and that is said', async () => {
    const error = Object.assign(new Error('x'), { name: 'ResourceNotFoundException' });
    const listClientIds = () => Promise.reject(error);

    await expect(gather(issuer({}), { listClientIds })).resolves.toMatchObject({
      goneIssuerClients: [],
      notChecked: ['app clients of issuer staff: its user pool is not in this account'],
    });
  });
});

describe('requests without a user token', () => {
  const countWithoutToken = async () => 7;

  test.each([
    ['are counted if a client requires one', { required: true }, 7],
    ['are not counted if a client can do without one', { required: false }, undefined],
    ['are not counted if no client takes claims from one', undefined, undefined],
  ])('%s', async (_what, selector, expected) => {
    const { requestsWithoutUserToken } = await gather(selector, { countWithoutToken });

    expect(requestsWithoutUserToken).toBe(expected);
  });
});
