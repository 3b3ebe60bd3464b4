import type { TokenLayer } from './explain-result.ts';
import { type Html, html } from './html.ts';

/** From this length on a value gets lines of its own. */
const LONG_VALUE_CHARACTERS = 120;

/** Shows a claim's value as JSON, so that "1" and 1 differ; long ones scroll in a box of their own. */
export function renderValue(value: unknown): Html {
  const compact = JSON.stringify(value) ?? '';
  const text = isNested(value) ? JSON.stringify(value, null, 2) : compact;
  if (text.length <= LONG_VALUE_CHARACTERS) return html`<code class="value">${text}</code>`;
  return html`<pre class="value value-long" tabindex="0" aria-label="Long value">${text}</pre>`;
}

/** An object, or a list that holds one: its members get lines of their own. */
function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((member) => typeof member === 'object');
  return typeof value === 'object' && value !== null;
}

/** What people call each layer, and what it is. */
export const LAYER_TEXTS: {
  readonly [L in TokenLayer]: { readonly title: string; readonly meaning: string };
} = {
  default: {
    title: 'Pool default',
    meaning: 'Every client of the pool, from the environment file',
  },
  baseline: { title: 'Baseline', meaning: 'This client, from the environment file' },
  override: { title: 'Override', meaning: 'Set at run time, in revisions' },
  scope: { title: 'Scope', meaning: 'Only when the scope is granted' },
  metadata: { title: 'Metadata', meaning: 'Chosen by the caller from a list' },
  token: { title: 'User token', meaning: 'From the verified token of a user' },
  trigger: { title: 'Trigger', meaning: 'Not explained by the claims table' },
  cognito: { title: 'Cognito', meaning: 'Set by the pool itself' },
};

/** The coloured name of a layer, with the scope, key or revision that brought the claim. */
export function renderBadge(layer: TokenLayer, detail?: string): Html {
  const { title, meaning } = LAYER_TEXTS[layer];
  return html`<span class="badge layer-${layer}" title="${meaning}">${title}${
    detail !== undefined && html` <span class="badge-detail">${detail}</span>`
  }</span>`;
}
