import { paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';

/** Reads every parameter directly under a prefix that ends in a slash, by the rest of its name; 10 to a call. */
export async function listParameters(
  ssm: SSMClient,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const pages = paginateGetParametersByPath({ client: ssm }, { Path: prefix.replace(/\/$/, '') });
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '', Value = '' } of Parameters)
      values.set(Name.slice(prefix.length), Value);
  }
  return values;
}
