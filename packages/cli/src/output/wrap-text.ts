import stringWidth from 'string-width';

/** Breaks a text into lines of at most so many columns: between words, and inside a word that is wider. */
export function wrapText(text: string, width: number): string[] {
  const [first = '', ...words] = text.split(' ').flatMap((part) => splitWord(part, width));
  const lines = [first];
  for (const word of words) {
    const joined = `${lines.at(-1)} ${word}`;
    if (stringWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/** Columns of the widest word. */
export function widestWord(text: string): number {
  return Math.max(...text.split(' ').map((word) => stringWidth(word)));
}

function splitWord(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const parts = [''];
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const part = parts.at(-1) ?? '';
    if (part === '' || stringWidth(part + segment) <= width)
      parts[parts.length - 1] = part + segment;
    else parts.push(segment);
  }
  return parts;
}
