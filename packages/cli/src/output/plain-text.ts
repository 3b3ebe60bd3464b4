// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is for.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** Makes a text of others safe to print: no line breaks, no terminal escapes, no reordering. */
export function plainText(text: string): string {
  return text.replace(CONTROL_CHARACTERS, ' ');
}
