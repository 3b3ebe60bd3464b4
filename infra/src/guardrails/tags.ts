import { type Guardrail, resourcesOf } from './guardrail.ts';

/** Everything says which environment and pool it belongs to, and who answers for it. */
export const tags: Guardrail = {
  name: 'tags',
  check: (stack) => {
    const hasPool = resourcesOf(stack, 'aws_cognito_user_pool').length > 0;
    const required = ['environment', 'owner', ...(hasPool ? ['pool'] : [])];
    return stack.config.provider.aws.flatMap(({ default_tags }) => {
      const given = default_tags[0]?.tags ?? {};
      return required
        .filter((key) => (given[key] ?? '') === '')
        .map((key) => ({ where: 'provider.aws', problem: `tags nothing with "${key}"` }));
    });
  },
};
