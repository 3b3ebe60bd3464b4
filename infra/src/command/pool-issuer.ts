import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cognitoEndpoint, originalIssuer, updatedIssuer } from '@cognito-m2m/environment/names';
import { isVerifyError } from '@cognito-m2m/verifier';
import { readPoolIssuer } from '@cognito-m2m/verifier/pool-issuer';
import { IMPORTS_FILE, ISSUER_VARIABLE, POOL_OUTPUTS } from '../stack-config.ts';
import { readTerraform, type TerraformPlace } from './run-terraform.ts';

/** The user pool of a stack. */
export interface StackPool {
  /** In the environment file. */
  readonly name: string;
  readonly region: string;
  /** Of a pool of another owner; `undefined` for a pool that the stack creates or imports. */
  readonly existingId: string | undefined;
  /** The name that a pool has if the stack created it; an imported one keeps its own. */
  readonly ownName: string;
}

/** One attempt; a second one follows if there is no answer. */
const TIMEOUT_MS = 3_000;

/** The pool in a stack's `import` blocks. */
const IMPORTED_POOL = /\bto\s*=\s*aws_cognito_user_pool\.[\w-]+\s+id\s*=\s*"([^"]+)"/;

/**
 * Finds out which issuer the tokens of a stack's pool carry, for the stack's variable.
 *
 * The pool's discovery document says so. Terraform cannot know it: its provider has neither the setting nor the result. A
 * pool that does not exist yet is not asked for. Without an answer, the parameter stays as it is, and a line says so.
 *
 * @param pool - `undefined` for a stack without one.
 * @param place - Where the stack is initialised.
 * @returns What `terraform plan` takes in addition.
 */
export async function issuerArguments(
  pool: Pick<StackPool, 'region' | 'existingId'> | undefined,
  place: TerraformPlace,
): Promise<string[]> {
  if (pool === undefined) return [];
  const { userPoolId, deployed } = await findDeployed(pool, place);
  if (userPoolId === undefined) return [];
  const original = originalIssuer(userPoolId, pool.region);
  const issuer = await readPoolIssuer(original, {
    address: localAddress(userPoolId),
    timeoutMs: TIMEOUT_MS,
  }).catch((error: unknown) => {
    if (!isVerifyError(error)) throw error;
    const kept = deployed === updatedIssuer(original) ? deployed : original;
    place.print(unreadable(userPoolId, kept, error.message), true);
    return kept;
  });
  return [`-var=${ISSUER_VARIABLE}=${issuer}`];
}

function unreadable(userPoolId: string, kept: string, reason: string): string {
  return [
    `Note: Cannot read the discovery document of user pool ${userPoolId}. The parameter "issuer" stays ${kept}.`,
    `  ${reason}`,
    '  If the tokens of the pool carry another issuer, deploy again from where the document can be read.',
  ].join('\n');
}

interface Deployed {
  /** `undefined` before the pool exists. */
  readonly userPoolId: string | undefined;
  /** What the parameter holds. */
  readonly deployed: string | undefined;
}

async function findDeployed(
  pool: Pick<StackPool, 'existingId'>,
  place: TerraformPlace,
): Promise<Deployed> {
  const outputs = await readTerraform<{ readonly [name: string]: { readonly value: string } }>(
    place,
    ['output', '-json'],
  );
  const blocks = await readFile(join(place.directory, IMPORTS_FILE), 'utf8').catch(() => '');
  return {
    userPoolId:
      pool.existingId ?? outputs[POOL_OUTPUTS.userPoolId]?.value ?? IMPORTED_POOL.exec(blocks)?.[1],
    deployed: outputs[POOL_OUTPUTS.issuer]?.value,
  };
}

/** Where the document is if a local API stands in for Amazon Cognito, by the variables that Terraform and the AWS SDKs read. */
function localAddress(userPoolId: string): string | undefined {
  const endpoint = cognitoEndpoint(process.env);
  return endpoint === undefined ? undefined : `${endpoint.replace(/\/$/, '')}/${userPoolId}`;
}
