import { type Html, html } from './html.ts';

/** From this length on a value gets lines of its own. */
const LONG_VALUE_CHARACTERS = 120;

/** Shows a claim's value as JSON, so that "1" and 1 differ; long ones scroll in a box of their own. */
export function renderValue(value: unknown): Html {
  const compact = JSON.stringify(value) ?? '';
  if (compact.length <= LONG_VALUE_CHARACTERS) return html`<code class="value">${compact}</code>`;
  const text = typeof value === 'object' ? JSON.stringify(value, null, 2) : compact;
  return html`<pre class="value value-long" tabindex="0" aria-label="Long value">${text}</pre>`;
}
