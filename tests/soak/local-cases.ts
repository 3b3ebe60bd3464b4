import type { LocalCognito } from '@cognito-m2m/local-cognito';
import { findClient, tokenForm } from '../support/token.ts';

const FORM = 'application/x-www-form-urlencoded';

/** One request with the only answer that is right. */
export interface Case {
  readonly contentType: string;
  readonly body: string;
  /** What the error begins with, or what the token holds in addition to times and its id. */
  readonly expected: string | { readonly [claim: string]: unknown };
}

/** The requests for tokens and the malformed ones of one running server. */
export interface Cases {
  readonly tokens: readonly Case[];
  readonly malformed: readonly Case[];
}

/** Lists the requests to the soak environment: clients, scopes and metadata differ, and so do their tokens. */
export function listCases(cognito: Pick<LocalCognito, 'pools'>): Cases {
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
      tenant.refusal(choose('t-3'), `PreTokenGeneration failed with error ${NOT_ALLOWED}`),
      writer.refusal({ aws_client_metadata: '{' }, 'invalid_request'),
      { contentType: 'application/json', body: '{}', expected: 'invalid_request' },
      { contentType: FORM, body: 'x'.repeat(65_537), expected: 'invalid_request' },
    ],
  };
}

/** What the production trigger says, and the stand-in below. */
const NOT_ALLOWED = 'A metadata value is not allowed for this client.';

const COMMON = { environment: 'soak', token_use: 'access', version: 2 };
const WRITER = { 'custom:organization_id': '11111', 'custom:role': 'admin', tier: 'premium' };
const TENANT = { 'custom:organization_id': '22222', 'custom:role': 'viewer', tier: 'free' };
const PLAIN = { 'custom:organization_id': '33333', 'custom:role': 'viewer' };

function choose(tenant: string) {
  return { aws_client_metadata: JSON.stringify({ tenant }) };
}

interface TriggerEvent {
  readonly callerContext: { readonly clientId: string };
  readonly request: {
    readonly scopes: readonly string[];
    readonly clientMetadata?: { readonly tenant?: string };
  };
}

/** Answers an event as the production trigger does for the soak environment, for clients whose ids are their names. */
export function answerTrigger(event: TriggerEvent): { failed: boolean; answer: object } {
  const { clientId } = event.callerContext;
  const { scopes, clientMetadata = {} } = event.request;
  const { tenant = '' } = clientMetadata;
  if (tenant !== '' && !['t-1', 't-2'].includes(tenant)) {
    return { failed: true, answer: { errorMessage: NOT_ALLOWED, errorType: 'Error' } };
  }
  const limit = scopes.includes('orders/write') ? { approval_limit: 5000 } : {};
  const claims = new Map<string, object>([
    ['writer', { ...WRITER, ...limit }],
    ['tenant', { ...TENANT, tenant_id: tenant }],
    ['plain', PLAIN],
  ]);
  const accessTokenGeneration = {
    claimsToAddOrOverride: { environment: 'soak', ...claims.get(clientId) },
  };
  const response = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
  return { failed: false, answer: { ...event, response } };
}

function createClient(cognito: Pick<LocalCognito, 'pools'>, name: string) {
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
