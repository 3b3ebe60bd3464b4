import type { ClientRegistration } from '@cognito-m2m/environment';
import { describe, expect, test } from '@jest/globals';
import { aDeploymentView, anAppClient, aUserPool } from '../../test/a-deployment-view.ts';
import { checkDeployment } from '../../test/check-deployment.ts';
import type {
  AppClientView,
  DeclaredPool,
  RegistrationView,
  UserPoolView,
} from '../deployment-view.ts';
import { registrationOf } from '../gather/user-pool.ts';

function aDeclaredPool(changes: Partial<DeclaredPool> = {}): DeclaredPool {
  const [pool] = aDeploymentView().pools;
  if (pool === undefined) throw new Error('the deployment has a pool');
  return { ...pool.declared, ...changes };
}

const DECLARED = aDeclaredPool();
const EXISTING = aDeclaredPool({ existing: { userPoolId: 'eu-central-1_Theirs' } });

const check = (declared: DeclaredPool, pool: Partial<UserPoolView>, clients?: AppClientView[]) =>
  checkDeployment({
    pool: { declared, pool: { found: aUserPool(pool) }, ...(clients && { clients }) },
  }).filter((finding) => finding.check !== 'records-complete');
const namesOf = (findings: readonly { readonly check: string }[]) =>
  findings.map((finding) => finding.check);

describe('client registration', () => {
  const OPEN: RegistrationView = { authenticated: ['code'], open: ['client_credentials'] };
  const OPEN_FOR_USERS: RegistrationView = { authenticated: [], open: ['code'] };
  const AUTHENTICATED: RegistrationView = {
    authenticated: ['code', 'client_credentials'],
    open: [],
  };
  const OFF: RegistrationView = { authenticated: [], open: [] };

  test.each<[ClientRegistration, string, RegistrationView | undefined, string[]]>([
    ['none', 'never set', undefined, []],
    ['none', 'off', OFF, []],
    ['none', 'authenticated', AUTHENTICATED, ['warning']],
    ['none', 'open for users', OPEN_FOR_USERS, ['warning']],
    ['none', 'open for machines', OPEN, ['error']],
    ['authenticated', 'authenticated', AUTHENTICATED, []],
    ['authenticated', 'open for users', OPEN_FOR_USERS, ['warning']],
    ['authenticated', 'open for machines', OPEN, ['error']],
    ['open', 'authenticated', AUTHENTICATED, []],
    ['open', 'open for machines', OPEN, []],
  ])(
    'client registration declared as %s and %s gives the severities %p',
    (clientRegistration, _is, registration, severities) => {
      for (const declared of [DECLARED, EXISTING]) {
        const findings = check({ ...declared, clientRegistration }, { registration });

        expect(findings.map(({ severity }) => severity)).toEqual(severities);
        expect(new Set(namesOf(findings))).toEqual(
          new Set(severities.map(() => 'pool-registration')),
        );
      }
    },
  );

  test('the finding counts the clients that registered themselves, and does not report each of them', () => {
    const registered = ['r1', 'r2', 'r3'].map((clientId) =>
      anAppClient({}, { clientId, name: clientId, isRegistered: true, secrets: undefined }),
    );

    const [finding, ...others] = check(DECLARED, { registration: OPEN }, [
      anAppClient(),
      ...registered,
    ]);

    expect(finding?.what).toContain('So far: 3.');
    expect(others).toEqual([]);
  });

  test.each([
    [undefined, undefined],
    [{ EnableStatus: 'Disabled', OpenDcrEnabled: true } as const, OFF],
    [{}, AUTHENTICATED],
    [
      { EnableStatus: 'Enabled', OpenDcrEnabled: true } as const,
      { ...AUTHENTICATED, open: ['code'] },
    ],
    [{ AuthenticatedGrantTypes: [], OpenDcrEnabled: true, OpenDcrGrantTypes: [] }, OFF],
    [{ AuthenticatedGrantTypes: [], OpenDcrGrantTypes: ['code' as const] }, OFF],
  ])('DcrConfiguration %j is read as %j', (DcrConfiguration, expected) => {
    expect(registrationOf({ DcrConfiguration })).toEqual(expected);
  });
});
