import type { ClaimLayers } from '@cognito-m2m/claim-schema';
import type { AppClient } from '../pools/user-pool.ts';

/** What the form asks for. */
export interface TokenForm {
  /** The ticked scopes; none asks for all, as an absent `scope` does. */
  readonly scopes: readonly string[];
  readonly metadata: readonly MetadataRow[];
}

/** One line of metadata; an empty value is not sent. */
export interface MetadataRow {
  readonly key: string;
  readonly value: string;
}

/** The form as it is when the page opens: every scope, and the first allowed value of each required key. */
export function createTokenForm(client: AppClient, { baseline }: ClaimLayers): TokenForm {
  const selectors = Object.values(baseline?.claimsFromMetadata ?? {});
  return {
    scopes: client.scopes,
    metadata: selectors.map(({ key, allow, required }) => ({
      key,
      value: (required && allow[0]) || '',
    })),
  };
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
  return new URLSearchParams({
    grant_type: 'client_credentials',
    ...(form.scopes.length > 0 && { scope: form.scopes.join(' ') }),
    ...(metadata && { aws_client_metadata: JSON.stringify(metadata) }),
  }).toString();
}
