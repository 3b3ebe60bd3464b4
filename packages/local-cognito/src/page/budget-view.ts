import type { Budget } from './decoded-token.ts';
import { type Html, html } from './html.ts';

/** The width of the bar in its own units. */
const BAR_WIDTH = 1000;

/** The size budget as a bar, one part for each layer. SVG, because the policy of the page allows no style attribute. */
export function renderBudget({ limitBytes, usedBytes, parts }: Budget): Html {
  const percent = Math.round((usedBytes / limitBytes) * 100);
  const isOver = usedBytes > limitBytes;
  const used = format(usedBytes);
  const label = `${used} of ${format(limitBytes)} bytes, ${percent} %`;
  const scale = BAR_WIDTH / Math.max(limitBytes, usedBytes);
  let offset = 0;
  const bars = parts.map(({ layer, sizeBytes }) => {
    const [x, width] = [offset, Math.max(4, sizeBytes * scale)];
    offset += width;
    return html`<rect class="fill-${layer}" x="${x}" y="0" width="${width}" height="10"/>`;
  });
  return html`<div class="budget">
<div class="budget-text"><span>Size of the added claims</span><span class="${isOver ? 'bad' : 'figure'}">${label}</span></div>
<svg class="bar" viewBox="0 0 ${BAR_WIDTH} 10" preserveAspectRatio="none" role="img" aria-label="${label}">${bars}</svg></div>`;
}

function format(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
