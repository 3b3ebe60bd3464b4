import { defineCommand } from '../frame/command.ts';
import { REQUEST_OPTIONS } from '../frame/input/token-request.ts';

/** `m2m token`. */
export const tokenDefinition = defineCommand({
  name: 'token',
  summary: 'Get a real token as a client, and compare it with explain',
  details:
    'Reads the secret, requests a token, verifies it as an API would, and compares every claim and scope with what explain shows. Exits with 2 if they differ. The token itself is never printed.',
  arguments: [
    { syntax: '[pool]', description: 'the pool', completes: 'pool' },
    { syntax: '[client]', description: 'the client', completes: 'client' },
  ],
  options: [
    { flags: '--all', description: 'every client of the environment, or of the pool' },
    ...REQUEST_OPTIONS,
  ],
  examples: [
    { command: 'm2m token payments billing-worker --env dev', does: 'one client, all its scopes' },
    { command: 'm2m token --all --env dev', does: 'the smoke test after a deploy' },
  ],
  input: (parsed) => ({
    poolName: parsed.optionalText(0),
    clientName: parsed.optionalText(1),
    isAll: parsed.flag('all'),
    scopes: parsed.options('scope'),
    metadata: parsed.options('metadata'),
  }),
  load: async () => (await import('./token.ts')).token,
});
