import { defineCommand } from '../frame/command.ts';

/** `m2m watch`. */
export const watchDefinition = defineCommand({
  name: 'watch',
  summary: 'Show what the watcher of an environment knows',
  details:
    'The last look, what differs from the declaration since when and by whom, and who changed what in the last days. Exits with 2 if something differs, or if the watcher has not looked.',
  arguments: [{ syntax: '[pool]', description: 'one pool (default: all)', completes: 'pool' }],
  options: [{ flags: '--follow', description: 'show news as they come, for up to 12 hours' }],
  examples: [
    { command: 'm2m watch --env prod', does: 'all pools; exit code 2 with open facts' },
    { command: 'm2m watch payments --env prod --follow', does: 'one pool, until Ctrl-C' },
  ],
  input: (parsed) => ({ poolName: parsed.optionalText(0), isFollowing: parsed.flag('follow') }),
  load: async () => (await import('./watch.ts')).watch,
});
