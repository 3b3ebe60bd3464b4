import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { DeployedWorld } from './deployed-world.ts';

/** Where the parameters of a deploy say that tokens come from. */
export interface Addresses {
  readonly issuer: string;
  readonly 'token-endpoint': string;
}

/** Reads the addresses of the pool `payments`. */
export async function readAddresses(world: DeployedWorld): Promise<Addresses> {
  const read = async (leaf: keyof Addresses) => {
    const get = new GetParameterCommand({ Name: nameOf(leaf) });
    return (await world.ssm.send(get)).Parameter?.Value ?? '';
  };
  return { issuer: await read('issuer'), 'token-endpoint': await read('token-endpoint') };
}

/** Names other addresses, or those again that were read. */
export async function writeAddresses({ ssm }: DeployedWorld, addresses: Addresses): Promise<void> {
  for (const leaf of ['issuer', 'token-endpoint'] as const) {
    const Value = addresses[leaf];
    await ssm.send(new PutParameterCommand({ Name: nameOf(leaf), Value, Overwrite: true }));
  }
}

function nameOf(leaf: keyof Addresses): string {
  return `/m2m/trial/payments/${leaf}`;
}
