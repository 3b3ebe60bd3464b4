import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import { keyAliasName } from '@cognito-m2m/environment/names';
import type { CommandContext } from '../frame/command.ts';

/** Reads the policy of the key that encrypts an environment's client secrets, as JSON. */
export async function readKeyPolicy({
  environment: { name, region },
}: Pick<CommandContext, 'environment'>): Promise<string | undefined> {
  const client = new KMSClient({ region });
  const alias = keyAliasName(name);
  // A policy is read by the ID of the key only.
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: alias }));
  const command = new GetKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId, PolicyName: 'default' });
  return (await client.send(command)).Policy;
}
