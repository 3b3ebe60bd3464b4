import { type Finding, type GuardedStack, type Guardrail, resourcesOf } from './guardrail.ts';

/** References to a secret, in whatever expression. */
const SECRET_REFERENCE = /\.client_secret\b|\.secret_string\b|\.secret_binary\b/;

/** A client secret goes into AWS Secrets Manager and nowhere else, least of all to an output. */
export const noExposedSecret: Guardrail = {
  name: 'no secret in outputs',
  check: (stack) => [...checkOutputs(stack), ...checkResources(stack)],
};

function checkOutputs({ config }: GuardedStack): Finding[] {
  return Object.entries(config.output ?? {})
    .filter(([, output]) => SECRET_REFERENCE.test(JSON.stringify(output)))
    .map(([name]) => ({ where: `output.${name}`, problem: 'shows a secret' }));
}

function checkResources(stack: GuardedStack): Finding[] {
  return resourcesOf(stack)
    .filter(({ type }) => type !== 'aws_secretsmanager_secret_version')
    .filter((resource) => SECRET_REFERENCE.test(JSON.stringify(resource.arguments)))
    .map(({ address }) => ({ where: address, problem: 'holds a secret' }));
}
