import { defineBareCommand } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { unknownName } from '../frame/names.ts';

/** What the command can print. */
const FORMATS = ['json-schema'] as const;

/** `m2m contract`. */
export const contractDefinition = defineBareCommand({
  name: 'contract',
  summary: 'Print the claim contract for other tools',
  details:
    'A JSON Schema describes the claims of one access token: types, allowed values, required claims.',
  arguments: [{ syntax: '<format>', description: 'json-schema' }],
  options: [],
  examples: [
    {
      command: 'm2m contract json-schema',
      does: 'for a validator, or for another language',
    },
  ],
  input: (parsed) => parsed.text(0),
  load: async () => {
    const { toJsonSchema } = await import('@cognito-m2m/claim-schema');
    return async ({ contract }, format) => {
      if (!FORMATS.some((known) => known === format)) {
        throw new CliError('ERR_ARGUMENT_INVALID', unknownName('format', format, FORMATS));
      }
      const json = toJsonSchema(contract);
      return { json, text: () => JSON.stringify(json, null, 2) };
    };
  },
});
