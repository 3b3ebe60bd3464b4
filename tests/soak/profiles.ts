import type { ClaimRecord, Claims } from '@cognito-m2m/claim-schema';
import { aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';

/** What a caller asks for. */
export interface SoakRequest {
  readonly scopes: readonly string[];
  readonly clientMetadata: { readonly [key: string]: string } | null;
}

/** The seconds in which a call began and ended, since the epoch. */
export interface CallSeconds {
  readonly first: number;
  readonly last: number;
}

/** What a trigger answers: the changes of the token, or the code of a refusal. */
export type SoakAnswer =
  | string
  | {
      readonly claimsToAddOrOverride: Claims;
      readonly claimsToSuppress: readonly string[];
      readonly scopesToAdd: readonly string[];
      readonly scopesToSuppress: readonly string[];
    };

/** One kind of client: what is written of it, version by version, and which answers are right for a version. */
export interface Profile {
  records(clientId: string, version: number): readonly ClaimRecord[];
  request(): SoakRequest;
  answers(
    clientId: string,
    version: number,
    request: SoakRequest,
    seconds: CallSeconds,
  ): readonly SoakAnswer[];
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

/** The claim by which a token tells its version. */
const organization = (clientId: string, version: number) => ({
  'custom:organization_id': `${clientId}@${version}`,
});

const common = { environment: 'test', tier: 'premium' };

function token(claims: Claims, scopesToAdd: string[] = [], scopesToSuppress: string[] = []) {
  return { claimsToAddOrOverride: claims, claimsToSuppress: [], scopesToAdd, scopesToSuppress };
}

const anyRequest = (): SoakRequest => ({ scopes: ['orders/read'], clientMetadata: null });

const plain: Profile = {
  records: (clientId, version) => [
    aBaseline({ clientId, claims: { ...organization(clientId, version), tier: 'premium' } }),
  ],
  request: anyRequest,
  answers: (clientId, version) => [token({ ...common, ...organization(clientId, version) })],
};

/** Each version is an override revision; of its two claims, one expires about when the next version comes. */
function overridden(startedSeconds: number): Profile {
  const expiresAt = (version: number) => startedSeconds + 2 * version;
  return {
    records: (clientId, version) => [
      aBaseline({ clientId, claims: { tier: 'premium' } }),
      anOverride({
        clientId,
        revision: version,
        claims: {
          'custom:organization_id': { value: `${clientId}@${version}` },
          tier: { value: 'free', expiresAt: expiresAt(version) },
        },
      }),
    ],
    request: anyRequest,
    answers: (clientId, version, _request, { first, last }) => [
      ...(first < expiresAt(version)
        ? [token({ ...common, ...organization(clientId, version), tier: 'free' })]
        : []),
      ...(last >= expiresAt(version)
        ? [token({ ...common, ...organization(clientId, version) })]
        : []),
    ],
  };
}

const scoped: Profile = {
  records: (clientId, version) => [
    aBaseline({
      clientId,
      claims: { ...organization(clientId, version), tier: 'premium' },
      claimsByScope: {
        'orders/write': { approval_limit: version },
        'orders/list': { permissions: [`list-${version}`] },
      },
      addScopes: ['orders/list', 'undeclared/scope'],
      suppressScopes: ['orders/read'],
    }),
  ],
  request: () => ({ ...anyRequest(), scopes: pick([['orders/read'], ['orders/write'], []]) }),
  answers: (clientId, version, { scopes }) => [
    token(
      {
        ...common,
        ...organization(clientId, version),
        permissions: [`list-${version}`],
        ...(scopes.includes('orders/write') && { approval_limit: version }),
      },
      ['orders/list'],
      ['orders/read'],
    ),
  ],
};

const TENANTS = ['t-1', 't-2'];

const tenanted: Profile = {
  records: (clientId, version) => [
    aBaseline({
      clientId,
      claims: { ...organization(clientId, version), tier: 'premium' },
      claimsFromMetadata: { tenant_id: { key: 'tenant', allow: TENANTS, required: true } },
    }),
  ],
  request: () => {
    const chance = Math.random();
    const tenant = chance < 0.05 ? 't-3' : pick(TENANTS);
    return { ...anyRequest(), clientMetadata: chance > 0.95 ? {} : { tenant } };
  },
  answers: (clientId, version, { clientMetadata }) => {
    const tenant = clientMetadata?.['tenant'];
    if (tenant === undefined) return ['ERR_METADATA_REQUIRED'];
    if (!TENANTS.includes(tenant)) return ['ERR_METADATA_NOT_ALLOWED'];
    return [token({ ...common, ...organization(clientId, version), tenant_id: tenant })];
  },
};

/** Every fourth version is disabled. */
const switched: Profile = {
  records: (clientId, version) => [
    aBaseline({ clientId, claims: { tier: 'premium' } }),
    anOverride({
      clientId,
      revision: version,
      disabled: version % 4 === 0,
      claims: { 'custom:organization_id': { value: `${clientId}@${version}` } },
    }),
  ],
  request: anyRequest,
  answers: (clientId, version) =>
    version % 4 === 0
      ? ['ERR_CLIENT_DISABLED']
      : [token({ ...common, ...organization(clientId, version) })],
};

/** Every kind of client. @param startedSeconds - When the soak began, since the epoch. */
export function createProfiles(startedSeconds: number): readonly Profile[] {
  return [plain, overridden(startedSeconds), scoped, tenanted, switched];
}
