import type { TokenLayer } from './decoded-token.ts';
import { type Html, html } from './html.ts';

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
  metadata: { title: 'Metadata', meaning: 'Chosen by the caller, out of a list' },
  trigger: { title: 'Trigger', meaning: 'Not what the table says now' },
  cognito: { title: 'Cognito', meaning: 'Set by the pool itself' },
};

/** The coloured name of a layer, with the scope, key or revision that brought the claim. */
export function renderBadge(layer: TokenLayer, detail?: string): Html {
  const { title, meaning } = LAYER_TEXTS[layer];
  return html`<span class="badge layer-${layer}" title="${meaning}">${title}${
    detail !== undefined && html` <span class="badge-detail">${detail}</span>`
  }</span>`;
}
