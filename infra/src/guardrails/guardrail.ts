import { propertyOf } from '@cognito-m2m/claim-schema/values';
import type { ClientRegistration } from '@cognito-m2m/environment';
import type { ResourceArguments, StackConfig } from '../stack-config.ts';

/** One stack as the guardrails see it: after synthesis, whichever construct made it. */
export interface GuardedStack {
  readonly name: string;
  readonly config: StackConfig;
  /** True where the stack may be destroyed with its data: in a trial, and when the environment is being retired. */
  readonly mayBeDeleted: boolean;
  /** The user pool of another owner that the stack adds claims to; `undefined` for any other stack. */
  readonly existingUserPoolId: string | undefined;
  /** True for a probe environment, whose trigger must be able to outlast Amazon Cognito. */
  readonly isProbe: boolean;
  /** Who may register app clients of the stack's pool, as its file says. */
  readonly clientRegistration: ClientRegistration;
}

/** Something that a guardrail refuses. */
export interface Violation {
  /** The resource's address, or the part of the stack. */
  readonly where: string;
  readonly problem: string;
}

/** Rules over one synthesized stack, by a few words that name them in a violation. */
export interface Guardrails {
  readonly [name: string]: (stack: GuardedStack) => Violation[];
}

/** A resource with its address. */
export interface AddressedResource {
  readonly address: string;
  readonly type: string;
  readonly arguments: ResourceArguments;
}

/** Lists the resources of a stack, of one type or of all. */
export function resourcesOf({ config }: GuardedStack, type?: string): AddressedResource[] {
  return Object.entries(config.resource)
    .filter(([candidate]) => type === undefined || candidate === type)
    .flatMap(([candidate, byId]) =>
      Object.entries(byId).map(([id, { '//': _metadata, ...given }]) => ({
        address: `${candidate}.${id}`,
        type: candidate,
        arguments: given,
      })),
    );
}

/** Reads a nested argument; Terraform's blocks may be rendered as an object or as a list of one. */
export function readArgument(source: ResourceArguments, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (node, key) => propertyOf(Array.isArray(node) ? node[0] : node, key),
    source,
  );
}

/** Lists all strings in a value, however deep. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Lists the resources of a type that break a rule. */
export function findBroken(
  stack: GuardedStack,
  type: string,
  isKept: (given: ResourceArguments) => boolean,
  problem: string,
): Violation[] {
  return resourcesOf(stack, type)
    .filter((resource) => !isKept(resource.arguments))
    .map(({ address }) => ({ where: address, problem }));
}
