import {
  GetParametersCommand,
  paginateGetParametersByPath,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Attachment } from '../attached-function.ts';

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

/** Reads parameters by name; those that are not there are left out. At most 10 names, the limit of the operation. */
export async function readParameters(
  ssm: SSMClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: [...names] }));
  return new Map(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
}

/** Reads what `m2m attach` remembers of a pool; `undefined` if it was not attached by `m2m`. */
export async function readAttachment(
  ssm: SSMClient,
  parameterName: string,
): Promise<Attachment | undefined> {
  const value = (await readParameters(ssm, [parameterName])).get(parameterName);
  // Only `attachTrigger` writes it.
  return value === undefined ? undefined : JSON.parse(value);
}
