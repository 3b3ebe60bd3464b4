import picocolors from 'picocolors';

/** Text styles. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

/** Creates styles for a stream: colours on a terminal only, and not where `NO_COLOR` is set. */
export function createStyle(stream: { readonly isTTY?: boolean }): Style {
  const hasColours = stream.isTTY === true && !process.env['NO_COLOR'];
  const { bold, dim, green, red } = picocolors.createColors(hasColours);
  return { bold, dim, good: green, bad: red };
}
