import type { IncomingMessage } from 'node:http';

/** More than any token request needs. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads the body of a request as text.
 *
 * @returns `undefined` as soon as the body is larger than 64 KB. Never settles if the caller hangs up.
 */
export function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return resolve(undefined);
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_BODY_BYTES) resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
