// A symbol cannot come from JSON, a form or the claims table: only `html` makes what is not escaped.
const MARKUP = Symbol('markup');

/** Markup that is safe to send. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What a template accepts: markup stays, strings and numbers are escaped, `undefined` and `false` become nothing. */
export type HtmlPart = Html | string | number | false | undefined | readonly HtmlPart[];

/**
 * A template tag that escapes whatever is put into it, unless `html` itself made it.
 *
 * Values stand between tags or inside double quotes, never in a script, a style or an unquoted attribute.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = texts.map((text, position) => text + toMarkup(parts[position])).join('');
  return { [MARKUP]: markup };
}

/** The markup as text, to be sent. */
export function toText(markup: Html): string {
  return markup[MARKUP];
}

function toMarkup(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return MARKUP in part ? part[MARKUP] : part.map(toMarkup).join('');
}

const ESCAPES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
