/**
 * True for an absolute URL that is written just as URL parsers write it, apart from a missing slash after the host.
 *
 * A parser forgives line breaks, capital letters, default ports and more; whoever then compares the text as it was written
 * would never find it equal.
 */
export function isCanonicalUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { href, pathname } = new URL(address);
  return address === href || (pathname === '/' && `${address}/` === href);
}
