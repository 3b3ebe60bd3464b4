import {
  CLIENT_ARGUMENTS,
  type CommandDefinition,
  defineCommand,
  type OptionDefinition,
  type ParsedArguments,
} from '../frame/command.ts';

/** The options of every changing command. */
const CHANGE_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-r, --reason <text>', description: 'the reason, for the history', isRequired: true },
  { flags: '-y, --yes', description: 'do not ask for confirmation' },
];

/** Shows the revision that an interrupted change may have written. */
function afterInterruption(parsed: ParsedArguments): string {
  return `history ${parsed.text(0)} ${parsed.text(1)}`;
}

/** Reads what every changing command receives. */
function readChangeInput(parsed: ParsedArguments) {
  return {
    poolName: parsed.text(0),
    clientName: parsed.text(1),
    reason: parsed.option('reason') ?? '',
    isConfirmed: parsed.flag('yes'),
  };
}

/** The commands that change a client's override. */
export const CHANGE_COMMANDS: readonly CommandDefinition[] = [
  defineCommand({
    name: 'set',
    summary: 'Set override claims of a client',
    details:
      'Shows the token before and after, and asks for confirmation. Values are read by their type in the claim contract: strings as they are, lists as a,b or JSON, objects as JSON. A dotted name sets one member of an object claim; its other members stay what they are for this client now. Reserved names, values that violate the contract, secrets, and claims over the size budget are refused.',
    arguments: [
      ...CLIENT_ARGUMENTS,
      {
        syntax: '<claim...>',
        description: 'claims as name=value, members as claim.member=value',
        completes: 'claim',
      },
    ],
    options: [
      { flags: '--expires-in <duration>', description: 'remove these claims after 30m, 2h, 7d …' },
      ...CHANGE_OPTIONS,
    ],
    examples: [
      {
        command: 'm2m set payments billing-worker tier=free --reason "unpaid invoice" --env dev',
        does: 'until someone changes it again',
      },
      {
        command:
          'm2m set payments billing-worker custom:role=admin approval_limit=100 --expires-in 2h --reason "incident" --yes --env dev',
        does: 'two claims for two hours, from a script',
      },
      {
        command:
          'm2m set payments billing-worker limits.perMinute=30 --reason "overload" --env dev',
        does: 'one member of an object claim',
      },
    ],
    afterInterruption,
    input: (parsed) => ({
      ...readChangeInput(parsed),
      claims: parsed.list(2),
      expiresIn: parsed.option('expiresIn'),
    }),
    load: async () => (await import('../override/commands.ts')).overrideCommands.set,
  }),
  defineCommand({
    name: 'unset',
    summary: "Remove claims from a client's override",
    details:
      'The tokens then have what the environment file says. A dotted name removes one member of an object claim.',
    arguments: [
      ...CLIENT_ARGUMENTS,
      { syntax: '<claim...>', description: 'names of claims or members', completes: 'claim' },
    ],
    options: CHANGE_OPTIONS,
    examples: [
      {
        command: 'm2m unset payments billing-worker tier --reason "invoice paid" --env dev',
        does: 'back to the tier of the environment file',
      },
    ],
    afterInterruption,
    input: (parsed) => ({ ...readChangeInput(parsed), names: parsed.list(2) }),
    load: async () => (await import('../override/commands.ts')).overrideCommands.unset,
  }),
  defineCommand({
    name: 'rollback',
    summary: "Restore an older revision of a client's override",
    details:
      'Writes one more revision; the history is kept. Claims that have expired do not come back, and a disabled client stays disabled.',
    arguments: CLIENT_ARGUMENTS,
    options: [
      {
        flags: '--to <revision>',
        description: 'the revision to restore; 0 is the state before the first',
        isRequired: true,
      },
      ...CHANGE_OPTIONS,
    ],
    examples: [
      {
        command: 'm2m rollback payments billing-worker --to 3 --reason "r4 was wrong" --env dev',
        does: 'the claims of revision 3, as the next revision',
      },
    ],
    afterInterruption,
    input: (parsed) => ({ ...readChangeInput(parsed), to: parsed.option('to') ?? '' }),
    load: async () => (await import('../override/commands.ts')).overrideCommands.rollback,
  }),
  defineCommand({
    name: 'disable',
    summary: 'Stop a client: no more tokens',
    details:
      'Tokens that were already issued stay valid until they expire: Amazon Cognito cannot revoke them. The claims of the override do not change.',
    arguments: CLIENT_ARGUMENTS,
    options: CHANGE_OPTIONS,
    examples: [
      {
        command: 'm2m disable payments billing-worker --reason "leaked secret" --env dev',
        does: 'the kill switch',
      },
    ],
    afterInterruption,
    input: readChangeInput,
    load: async () => (await import('../override/commands.ts')).overrideCommands.disable,
  }),
  defineCommand({
    name: 'enable',
    summary: 'Let a disabled client get tokens again',
    details: 'The claims of the override do not change.',
    arguments: CLIENT_ARGUMENTS,
    options: CHANGE_OPTIONS,
    examples: [
      {
        command: 'm2m enable payments billing-worker --reason "secret rotated" --env dev',
        does: 'the client works again',
      },
    ],
    afterInterruption,
    input: readChangeInput,
    load: async () => (await import('../override/commands.ts')).overrideCommands.enable,
  }),
];
