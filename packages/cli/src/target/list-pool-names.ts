import { paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import { poolParameterNames } from './parameter-names.ts';

/** Most parameters that the operation answers with at once. */
const PAGE_SIZE = 50;

/** Lists the names of the pools that are deployed in an environment, declared or not, by the parameter that each has. */
export async function listPoolNames(ssm: SSMClient, environmentName: string): Promise<string[]> {
  const [prefix = '', leaf = ''] = poolParameterNames(environmentName, '|').userPoolId.split('|');
  const pages = paginateDescribeParameters(
    { client: ssm, pageSize: PAGE_SIZE },
    {
      ParameterFilters: [
        { Key: 'Path', Option: 'Recursive', Values: [prefix.replace(/\/$/, '')] },
        { Key: 'Name', Option: 'Contains', Values: [leaf] },
      ],
    },
  );
  const names: string[] = [];
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '' } of Parameters) names.push(Name.slice(prefix.length, -leaf.length));
  }
  // A client may be called like the parameter: its own lies deeper.
  return names.filter((name) => !name.includes('/'));
}
