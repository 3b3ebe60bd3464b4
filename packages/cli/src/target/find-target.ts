import type { Environment } from '@cognito-m2m/environment';
import {
  DEFAULT_LOCAL_URL,
  findLocalDeployment,
  requireLocalDeployment,
} from './local-deployment.ts';
import type { Target } from './target.ts';

/** Where to look for a deployment. */
export interface TargetQuery {
  readonly environment: Environment;
  /** Of the process: `AWS_ENDPOINT_URL` says that an API like AWS is meant. */
  readonly variables: { readonly [name: string]: string | undefined };
  /** True to look at AWS alone. */
  readonly isAwsForced: boolean;
  /** A local Cognito that must answer. @default the well-known address, if it answers */
  readonly localUrl?: string;
}

/**
 * Finds where an environment is deployed.
 *
 * A local Cognito counts only if it is named, or if it serves this very environment and the environment keeps its state
 * on this machine: an environment that a team shares is never mistaken for a local one.
 *
 * @throws {CliError} `ERR_LOCAL_UNREACHABLE` or `ERR_LOCAL_OTHER_ENVIRONMENT` for a named local Cognito.
 */
export async function findTarget(query: TargetQuery): Promise<Target> {
  const { environment, variables, isAwsForced, localUrl } = query;
  if (localUrl !== undefined) {
    return openLocal(environment, await requireLocalDeployment(localUrl, environment.name));
  }
  const hasAwsEndpoint = variables['AWS_ENDPOINT_URL'] !== undefined;
  const isLocalExpected = !isAwsForced && !hasAwsEndpoint && environment.state.type === 'local';
  if (isLocalExpected) {
    const deployment = await findLocalDeployment(DEFAULT_LOCAL_URL, environment.name);
    if (deployment !== undefined) return openLocal(environment, deployment);
  }
  const { createAwsTarget } = await import('./aws-target.ts');
  const target = createAwsTarget({ environment, endpointUrl: variables['AWS_ENDPOINT_URL'] });
  // Whoever forgot to start a local Cognito sees why AWS is asked.
  return isLocalExpected
    ? { ...target, label: `${target.label} (no local Cognito at ${DEFAULT_LOCAL_URL})` }
    : target;
}

async function openLocal(
  environment: Environment,
  deployment: Awaited<ReturnType<typeof requireLocalDeployment>>,
): Promise<Target> {
  const { createLocalTarget } = await import('./local-target.ts');
  return createLocalTarget({ environment, deployment });
}
