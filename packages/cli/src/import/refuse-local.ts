import type { Variables } from '../command.ts';
import { CliError } from '../errors.ts';
import { probeDeployment } from '../target/local-deployment.ts';

/** Where the SDK is told to find Amazon Cognito; the first that is set counts. */
const ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', 'AWS_ENDPOINT_URL'];

/**
 * Refuses to import from a local Cognito: it was started from the very file that an import would write.
 *
 * @throws {CliError} `ERR_IMPORT_LOCAL`.
 */
export async function refuseLocal(variables: Variables): Promise<void> {
  const url = ENDPOINT_VARIABLES.map((name) => variables[name]).find(Boolean);
  const deployment = url && URL.canParse(url) ? await probeDeployment(url) : undefined;
  if (deployment === undefined) return;
  const { environment } = deployment;
  const message = `A local Cognito answers there; its pools come from the file of environment "${environment}", so there is nothing to import.`;
  throw new CliError('ERR_IMPORT_LOCAL', message, {
    next: `m2m plan --env ${environment} --local-url ${url}; to import from AWS, unset ${ENDPOINT_VARIABLES.join(' and ')}`,
  });
}
