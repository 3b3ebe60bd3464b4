import type { ClaimLayers } from '@cognito-m2m/claim-schema';
import type { AppClient } from '../pools/user-pool.ts';
import { type Html, html } from './html.ts';

/** The form that issues a token. */
export function renderForm(
  client: AppClient,
  { baseline }: ClaimLayers,
  form: TokenForm,
  canAuthenticate: boolean,
): Html {
  const selectors = Object.values(baseline?.claimsFromMetadata ?? {});
  const tokenKey = baseline?.claimsFromToken?.key;
  // An empty row is always there, so that any metadata can be tried without a script.
  const rows = [...form.metadata, { key: '', value: '' }];
  return html`<section class="card form-card" aria-labelledby="form-title">
<div class="card-head"><h2 id="form-title">Issue a token</h2></div>
<form method="post" action="/clients/${encodeURIComponent(client.clientId)}#result">
<fieldset><legend>Scopes</legend>
${client.scopes.map((scope) => renderScope(scope, form.scopes.includes(scope)))}
<p class="hint">If none is selected, the request names no scope and is granted all of them.</p></fieldset>
<fieldset><legend>Metadata</legend><div class="metadata-rows">
${rows.map((row, position) => (row.key === tokenKey ? renderTokenField(row.key, position) : renderMetadata(row, position, selectors)))}
</div><p class="hint">Sent as <code>aws_client_metadata</code>; a row without a value is not sent.</p></fieldset>
${canAuthenticate ? html`<button type="submit" class="button">Issue token</button>` : html`<p class="none">This server does not know the client’s secret, so the page cannot request a token.</p>`}
<p class="hint">Runs the token endpoint and the real trigger. Nothing is stored.</p>
</form></section>`;
}

function renderScope(scope: string, isTicked: boolean): Html {
  const checked = isTicked ? html` checked` : undefined;
  return html`<label class="check"><input type="checkbox" name="scope" value="${scope}"${checked}><span>${scope}</span></label>`;
}

/** The field of a user's token: it is never written back. */
function renderTokenField(key: string, position: number): Html {
  return html`<div class="metadata-row">
<input name="metadata-key" value="${key}" aria-label="Metadata key ${position + 1}" autocomplete="off">
<input name="metadata-value" type="password" value="" aria-label="Token of a user" placeholder="token of a user" autocomplete="off"></div>`;
}

function renderMetadata(
  { key, value }: MetadataRow,
  position: number,
  selectors: readonly { readonly key: string; readonly allow: readonly string[] }[],
): Html {
  const allow = selectors.find((selector) => selector.key === key)?.allow ?? [];
  const list = allow.length > 0 ? html` list="metadata-${position}"` : undefined;
  return html`<div class="metadata-row">
<input name="metadata-key" value="${key}" aria-label="Metadata key ${position + 1}" placeholder="key" autocomplete="off">
<input name="metadata-value" value="${value}" aria-label="Metadata value ${position + 1}" placeholder="${allow.length > 0 ? allow.join(' | ') : 'value'}" autocomplete="off"${list}>
${allow.length > 0 && html`<datalist id="metadata-${position}">${allow.map((option) => html`<option value="${option}"></option>`)}</datalist>`}</div>`;
}

/** What the form asks for. */
export interface TokenForm {
  /** The ticked scopes; none asks for all, as an absent `scope` does. */
  readonly scopes: readonly string[];
  readonly metadata: readonly MetadataRow[];
}

/** One line of metadata; an empty value is not sent. */
interface MetadataRow {
  readonly key: string;
  readonly value: string;
}

/** The form as it is when the page opens: every scope, and the first allowed value of each required key. */
export function createTokenForm(client: AppClient, { baseline }: ClaimLayers): TokenForm {
  const selectors = Object.values(baseline?.claimsFromMetadata ?? {});
  const metadata = selectors.map(({ key, allow, required }) => ({
    key,
    value: (required && allow[0]) || '',
  }));
  const tokenKey = baseline?.claimsFromToken?.key;
  if (tokenKey !== undefined) metadata.push({ key: tokenKey, value: '' });
  return { scopes: client.scopes, metadata };
}

/** Reads the form as a browser sends it. */
export function readTokenForm(body: string): TokenForm {
  const fields = new URLSearchParams(body);
  const values = fields.getAll('metadata-value');
  return {
    scopes: fields.getAll('scope'),
    metadata: fields
      .getAll('metadata-key')
      .map((key, position) => ({ key, value: values[position] ?? '' }))
      .filter(({ key }) => key !== ''),
  };
}

/** The metadata that is sent, or `undefined` for none. */
export function toMetadata({ metadata }: TokenForm): { [key: string]: string } | undefined {
  const sent = metadata.filter(({ value }) => value !== '');
  return sent.length === 0
    ? undefined
    : Object.fromEntries(sent.map(({ key, value }) => [key, value]));
}

/** The body of the request to the token endpoint. */
export function toTokenBody(form: TokenForm): string {
  const metadata = toMetadata(form);
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  if (form.scopes.length > 0) body.set('scope', form.scopes.join(' '));
  if (metadata !== undefined) body.set('aws_client_metadata', JSON.stringify(metadata));
  return body.toString();
}
