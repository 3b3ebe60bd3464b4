import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** Reads parameters by name; those that are not there are left out. At most 10 names, the limit of the operation. */
export async function readParameters(
  ssm: SSMClient,
  names: string[],
): Promise<ReadonlyMap<string, string>> {
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: names }));
  return new Map(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
}
