import { StoreError } from '@cognito-m2m/claims-store/errors';

/** How much of a stack is kept. */
const MAX_FRAMES = 5;

/**
 * Describes an error by name, code and stack, and never by message: a JSON parser quotes its input, and that is a record.
 */
export function describeCause(cause: unknown): object {
  if (!(cause instanceof Error)) return { name: typeof cause };
  const code = 'code' in cause ? cause.code : undefined;
  return {
    name: cause.name,
    ...(typeof code === 'string' && { code }),
    // For the store's errors the code says where; for a fault of our own only the stack does.
    ...(!(cause instanceof StoreError) && { stack: framesOf(cause) }),
    ...(cause.cause instanceof Error && { cause: describeCause(cause.cause) }),
  };
}

function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  // A message that was changed later: where the one in the stack ends is not known.
  if (start === -1) return [];
  const frames = stack.slice(start + message.length).split('\n');
  return frames.slice(1, 1 + MAX_FRAMES).map((frame) => frame.trim());
}
