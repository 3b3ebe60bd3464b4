import type { LocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import { findClient, tokenForm } from '../support/token.ts';

const FORM = 'application/x-www-form-urlencoded';

/** One request with the only answer that is right. */
export interface Case {
  readonly contentType: string;
  readonly body: string;
  /** The error's name, or what the token holds in addition to times and its id. */
  readonly expected: string | { readonly [claim: string]: unknown };
}

/** The requests for tokens and the malformed ones of one running server. */
export interface Cases {
  readonly tokens: readonly Case[];
  readonly malformed: readonly Case[];
}

/** Lists the requests to the soak environment: clients, scopes and metadata differ, and so do their tokens. */
export function listCases(cognito: LocalEnvironment): Cases {
  const writer = createClient(cognito, 'writer');
  const tenant = createClient(cognito, 'tenant');
  const plain = createClient(cognito, 'plain');
  const { clientId } = writer;
  return {
    tokens: [
      writer.token({}, 'orders/read orders/write', { ...WRITER, approval_limit: 5000 }),
      writer.token({ scope: 'orders/read' }, 'orders/read', WRITER),
      tenant.token(choose('t-1'), 'orders/read', { ...TENANT, tenant_id: 't-1' }),
      tenant.token(choose('t-2'), 'orders/read', { ...TENANT, tenant_id: 't-2' }),
      plain.token({}, 'orders/write', PLAIN),
    ],
    malformed: [
      writer.refusal({ grant_type: 'password' }, 'unsupported_grant_type'),
      plain.refusal({ client_id: clientId }, 'invalid_client'),
      tenant.refusal({ scope: 'orders/write' }, 'invalid_scope'),
      tenant.refusal(choose('t-3'), 'invalid_request'),
      writer.refusal({ aws_client_metadata: '{' }, 'invalid_request'),
      { contentType: 'application/json', body: '{}', expected: 'invalid_request' },
      { contentType: FORM, body: 'x'.repeat(65_537), expected: 'invalid_request' },
    ],
  };
}

const COMMON = { environment: 'soak', token_use: 'access', version: 2 };
const WRITER = { 'custom:organization_id': '11111', 'custom:role': 'admin', tier: 'premium' };
const TENANT = { 'custom:organization_id': '22222', 'custom:role': 'viewer', tier: 'free' };
const PLAIN = { 'custom:organization_id': '33333', 'custom:role': 'viewer' };

function choose(tenant: string) {
  return { aws_client_metadata: JSON.stringify({ tenant }) };
}

function createClient(cognito: LocalEnvironment, name: string) {
  const client = findClient(cognito, 'payments', name);
  const { clientId, pool } = client;
  const toCase = (form: { [name: string]: string }, expected: Case['expected']): Case => ({
    contentType: FORM,
    body: tokenForm(client, form).toString(),
    expected,
  });
  const own = { ...COMMON, sub: clientId, client_id: clientId, iss: pool.issuer };
  return {
    clientId,
    refusal: (form: { [name: string]: string }, error: string) => toCase(form, error),
    token: (form: { [name: string]: string }, scope: string, claims: object) =>
      toCase(form, { ...own, scope, ...claims }),
  };
}
