/** Nothing at all: what Node.js itself costs. */
export async function handler(event: unknown): Promise<unknown> {
  return event;
}
