import { type Finding, type GuardedStack, type Guardrail, resourcesOf } from './guardrail.ts';

/** A reference to a secret, in whatever expression; the same words in a text are none. */
const SECRET_REFERENCE = /\$\{[^}]*\.(?:client_secret|secret_string|secret_binary)\b/;

/** A client secret goes into AWS Secrets Manager and nowhere else, least of all to an output. */
export const noExposedSecret: Guardrail = {
  name: 'no secret in outputs',
  check: (stack) => [
    ...checkValues(stack.config.output, 'output'),
    ...checkValues(stack.config.locals, 'local'),
    ...checkResources(stack),
  ],
};

function checkValues(named: object | undefined, kind: string): Finding[] {
  return Object.entries(named ?? {})
    .filter(([, value]) => SECRET_REFERENCE.test(JSON.stringify(value)))
    .map(([name]) => ({ where: `${kind}.${name}`, problem: 'shows a secret' }));
}

function checkResources(stack: GuardedStack): Finding[] {
  return resourcesOf(stack)
    .filter(({ type }) => type !== 'aws_secretsmanager_secret_version')
    .filter((resource) => SECRET_REFERENCE.test(JSON.stringify(resource.arguments)))
    .map(({ address }) => ({ where: address, problem: 'holds a secret' }));
}
