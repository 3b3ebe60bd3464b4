import {
  EVENT_CLAIM,
  INSTRUCTION_KEY,
  type Instruction,
  type TokenChanges,
} from '@cognito-m2m/probe/instructions';

/** The part of the version 3 event that the trigger looks at. */
interface PreTokenGenerationEvent {
  readonly request?: { readonly clientMetadata?: { readonly [key: string]: string } | null };
  readonly response?: unknown;
}

/**
 * Does what the request's metadata says, or returns the event as a claim.
 *
 * Deliberately without a wrapper, validation or logging: whatever Amazon Cognito does with the answer must be Cognito's doing. It
 * belongs into probe environments only: whoever may request a token there decides what is in it.
 *
 * @throws Error for the instruction `throw`.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export async function handler(event: PreTokenGenerationEvent): Promise<unknown> {
  const text = event.request?.clientMetadata?.[INSTRUCTION_KEY];
  if (text === undefined) {
    return withChanges(event, { claimsToAddOrOverride: { [EVENT_CLAIM]: JSON.stringify(event) } });
  }
  const instruction: Instruction = JSON.parse(text);
  return obey(instruction, event);
}

function obey(instruction: Instruction, event: PreTokenGenerationEvent): unknown {
  switch (instruction.do) {
    case 'change':
      return withChanges(event, instruction.changes);
    case 'add-claims':
      return withChanges(event, { claimsToAddOrOverride: numberedClaims(instruction.count) });
    case 'add-bytes':
      return withChanges(event, {
        claimsToAddOrOverride: { probe_bytes: 'x'.repeat(instruction.bytes) },
      });
    case 'throw':
      throw new Error(instruction.message);
    case 'hang':
      return new Promise(() => {});
    case 'answer':
      return instruction.answer;
    case 'leave-out':
      return Object.fromEntries(
        Object.entries(event).filter(([name]) => !instruction.fields.includes(name)),
      );
  }
}

function withChanges(event: PreTokenGenerationEvent, changes: TokenChanges): unknown {
  return {
    ...event,
    response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: changes } },
  };
}

function numberedClaims(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`probe_${index}`, index]));
}
