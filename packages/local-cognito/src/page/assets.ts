import { readFile } from 'node:fs/promises';

/** The page's own files, with the media type of each. */
const MEDIA_TYPES: { readonly [file: string]: string } = {
  'base.css': 'text/css; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'layers.css': 'text/css; charset=utf-8',
  'token.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'inspector.js': 'text/javascript; charset=utf-8',
  'live-requests.js': 'text/javascript; charset=utf-8',
  'search.js': 'text/javascript; charset=utf-8',
};

/** Reads one of the page's files. @returns `undefined` for any other name. */
export async function readAsset(
  file: string,
): Promise<{ readonly mediaType: string; readonly content: Buffer } | undefined> {
  if (!Object.hasOwn(MEDIA_TYPES, file)) return undefined;
  const mediaType = MEDIA_TYPES[file] ?? '';
  return { mediaType, content: await readFile(new URL(`./static/${file}`, import.meta.url)) };
}
