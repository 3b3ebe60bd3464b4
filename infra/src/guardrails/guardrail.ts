import type { ResourceArguments, StackConfig } from '../stack-config.ts';

/** One stack as the guardrails see it: after synthesis, whatever construct made it. */
export interface GuardedStack {
  readonly name: string;
  readonly config: StackConfig;
  /** True where the stack may be destroyed with its data: in a trial, and at the end of an environment. */
  readonly mayBeDeleted: boolean;
}

/** Something that a guardrail refuses. */
export interface Finding {
  /** The resource's address, or the part of the stack. */
  readonly where: string;
  readonly problem: string;
}

/** A rule over one synthesized stack. */
export interface Guardrail {
  /** The rule in a few words, as a finding shows it. */
  readonly name: string;
  check(stack: GuardedStack): Finding[];
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
  return path.reduce<unknown>((node, key) => {
    const block = Array.isArray(node) ? node[0] : node;
    return typeof block === 'object' && block !== null
      ? (block as ResourceArguments)[key]
      : undefined;
  }, source);
}

/** Lists all texts in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Makes the findings of a rule that every resource of a type must keep. */
export function findBroken(
  stack: GuardedStack,
  type: string,
  isKept: (given: ResourceArguments) => boolean,
  problem: string,
): Finding[] {
  return resourcesOf(stack, type)
    .filter((resource) => !isKept(resource.arguments))
    .map(({ address }) => ({ where: address, problem }));
}
