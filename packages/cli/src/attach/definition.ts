import { defineCommand } from '../frame/command.ts';
import { invalidArgument } from '../frame/names.ts';
import { isPrintFormat, PRINT_FORMATS } from './owner-code.ts';

const POOL = [
  {
    syntax: '<pool>',
    description: 'an existing pool, by its name in the environment file',
    completes: 'pool' as const,
  },
];

/** `m2m attach`. */
export const attachDefinition = defineCommand({
  name: 'attach',
  summary: 'Connect the trigger to a user pool that another stack owns',
  details:
    "Checks everything that tokens will depend on, calls the trigger once with a made-up user and once with a made-up client, and shows which trigger is attached now. Then it changes that one setting of the pool, keeps every other one, reads the pool back and proves a token if a client's secret is known. What was attached before is remembered for m2m detach. A function that the environment file does not name as userTrigger is not switched off, unless --replace says so.",
  arguments: POOL,
  options: [
    {
      flags: '--print <format>',
      description: `print the lines for the code of the pool's owner, and change nothing: ${PRINT_FORMATS.join(', ')}`,
    },
    { flags: '--replace', description: 'switch off an attached function that is not userTrigger' },
    { flags: '-y, --yes', description: 'do not ask for confirmation' },
  ],
  examples: [
    { command: 'm2m attach storefront --env prod', does: 'checks, shows, asks, attaches, proves' },
    {
      command: 'm2m attach storefront --env prod --print terraform',
      does: 'the lines for a Terraform configuration that manages lambda_config',
    },
  ],
  afterInterruption: (parsed) => `doctor ${parsed.text(0)}`,
  input: (parsed) => ({
    poolName: parsed.text(0),
    format: readFormat(parsed.option('print')),
    isReplacing: parsed.flag('replace'),
    isConfirmed: parsed.flag('yes'),
  }),
  load: async () => (await import('./attach.ts')).attach,
});

function readFormat(text: string | undefined) {
  if (text === undefined || isPrintFormat(text)) return text;
  throw invalidArgument('--print', text, `one of: ${PRINT_FORMATS.join(', ')}`);
}

/** `m2m detach`. */
export const detachDefinition = defineCommand({
  name: 'detach',
  summary: 'Put back what an existing user pool called before m2m attach',
  details:
    "Changes that one setting of the pool and keeps every other one, then reads the pool back. Tokens for machines carry no claims afterwards. Run it before you destroy the pool's stack: a pool whose trigger may not be called refuses every token.",
  arguments: POOL,
  options: [{ flags: '-y, --yes', description: 'do not ask for confirmation' }],
  examples: [{ command: 'm2m detach storefront --env prod', does: 'shows, asks, puts back' }],
  afterInterruption: (parsed) => `doctor ${parsed.text(0)}`,
  input: (parsed) => ({ poolName: parsed.text(0), isConfirmed: parsed.flag('yes') }),
  load: async () => (await import('./detach.ts')).detach,
});
