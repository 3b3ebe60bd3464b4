import {
  type ClaimLayers,
  type ClaimRequest,
  contract,
  needsSettings,
  type Resolution,
  resolveClaims,
} from '@cognito-m2m/claim-schema';
import type { Core } from '../core.ts';
import { answerTokenRequest } from '../oauth/answer-token-request.ts';
import type { GrantResult } from '../oauth/grant-token.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import { listLayers } from './client-layers.ts';
import type { ClientModel } from './client-view.ts';
import { explainToken, measureBudget } from './decoded-token.ts';
import { adviseOnDenial } from './denial-advice.ts';
import { readFeed } from './request-row.ts';
import type { ResultModel } from './result-view.ts';
import {
  createTokenForm,
  readTokenForm,
  type TokenForm,
  toMetadata,
  toTokenBody,
} from './token-form.ts';

/**
 * Gathers what a client's page shows; with a form, asks the token endpoint for a token first.
 *
 * @param body - The form as a browser sent it; nothing is issued without it.
 */
export async function inspectClient(
  core: Core,
  { pool, client }: { readonly pool: UserPool; readonly client: AppClient },
  body?: string,
): Promise<ClientModel> {
  const [secret] = core.secrets.list(pool, client);
  const submitted = body === undefined ? undefined : readTokenForm(body);
  const result =
    submitted && secret && (await requestToken(core, pool, client, submitted, secret.value));
  const { records, storeFault } = await readRecords(core, pool, client);
  const form = submitted ?? createTokenForm(client, records);
  const now = Math.floor(core.clock() / 1000);
  const scopes = form.scopes.length > 0 ? form.scopes : client.scopes;
  const request = { clientId: client.clientId, scopes, metadata: toMetadata(form) };
  const resolve = (sizeBudgetBytes: number) =>
    resolveClaims(records, request, now, { contract, sizeBudgetBytes });
  // Claims beyond the budget still have layers to show.
  const resolution = resolve(Number.POSITIVE_INFINITY);
  return {
    pool,
    client,
    declared: core.environment.pools
      .find(({ name }) => name === pool.name)
      ?.clients.find(({ name }) => name === client.name),
    records,
    storeFault,
    layers: listLayers(records, { request, resolution, now }),
    form,
    canAuthenticate: secret !== undefined,
    result: result && explainResult(core, result, records, resolution, request, resolve),
    feed: readFeed(core.journal, 0),
    now,
  };
}

async function requestToken(
  core: Core,
  pool: UserPool,
  client: AppClient,
  form: TokenForm,
  secret: string,
): Promise<GrantResult['result']> {
  const credentials = Buffer.from(`${client.clientId}:${secret}`).toString('base64');
  const { result } = await answerTokenRequest(core, pool, {
    contentType: 'application/x-www-form-urlencoded',
    authorization: `Basic ${credentials}`,
    body: toTokenBody(form),
  });
  return result;
}

async function readRecords(
  { reader }: Core,
  { userPoolId }: UserPool,
  { clientId }: AppClient,
): Promise<{ records: ClaimLayers; storeFault: string | undefined }> {
  try {
    const records = await reader.readLayers(userPoolId, clientId);
    const settings = needsSettings(records) ? await reader.readSettings(userPoolId) : undefined;
    return { records: { ...records, ...(settings && { settings }) }, storeFault: undefined };
  } catch (error) {
    return { records: {}, storeFault: error instanceof Error ? error.message : 'unreadable' };
  }
}

function explainResult(
  core: Core,
  result: GrantResult['result'],
  records: ClaimLayers,
  unbounded: Resolution,
  request: ClaimRequest,
  resolve: (sizeBudgetBytes: number) => Resolution,
): ResultModel {
  const limitBytes = core.environment.trigger.sizeBudgetBytes;
  if (!('error' in result)) {
    const claims = explainToken(result, unbounded);
    return { result, claims, budget: measureBudget(claims, limitBytes), advice: undefined };
  }
  const bounded = resolve(limitBytes);
  const isTooLarge = bounded.outcome === 'deny' && unbounded.outcome === 'issue';
  const advice = request.scopes.length > 0 ? adviseOnDenial(bounded, records) : undefined;
  return {
    result,
    claims: [],
    budget: isTooLarge ? measureBudget(toClaims(unbounded), limitBytes) : undefined,
    advice,
  };
}

function toClaims({ claims, provenance }: Extract<Resolution, { outcome: 'issue' }>) {
  return Object.entries(claims).map(([name, value]) => ({
    name,
    value,
    layer: provenance[name]?.layer ?? ('trigger' as const),
  }));
}
