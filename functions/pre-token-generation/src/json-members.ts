/** Renders the members of a JSON object without the braces around them: lines are put together from such pieces. */
export function toMembers(fields: object): string {
  return JSON.stringify(fields).slice(1, -1);
}

/** Joins the members of several objects into those of one; the pieces must not repeat a name. */
export function joinMembers(...pieces: readonly string[]): string {
  let joined = '';
  for (const piece of pieces) {
    if (piece !== '') joined += joined === '' ? piece : `,${piece}`;
  }
  return joined;
}
