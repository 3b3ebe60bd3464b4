import { CLIENT_ARGUMENTS, defineCommand } from '../frame/command.ts';

/** `m2m handover`. */
export const handoverDefinition = defineCommand({
  name: 'handover',
  summary: "Print what a client's owner needs to use it",
  details:
    'Addresses, the ARN of the secret and who may read it, scopes, claims, lifetime and metadata, with snippets for the token client, AWS Lambda, Amazon ECS and Amazon EKS. Markdown, to be sent as it is: it holds no secret.',
  arguments: CLIENT_ARGUMENTS,
  options: [],
  examples: [
    { command: 'm2m handover payments billing-worker --env prod', does: "the owner's page" },
    {
      command: 'm2m handover payments billing-worker --env prod --json',
      does: 'the same for a script',
    },
  ],
  input: (parsed) => ({ poolName: parsed.text(0), clientName: parsed.text(1) }),
  load: async () => (await import('./handover.ts')).handover,
});
