import { partition } from '@aws-sdk/core/client';

/** A partition of AWS: a group of Regions with names and addresses of their own. */
export interface Partition {
  /** As in ARNs: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`. */
  readonly name: string;
  /** The end of its service addresses, such as `amazonaws.com`. */
  readonly dnsSuffix: string;
}

/** The rule by which AWS's own data assigns a Region that it does not list yet to the partition `aws`. */
const REGION_OF_AWS = /^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/;

/** The partition of a Region, from the data of the AWS SDK; `aws` for a Region that it does not know. */
export function partitionOf(region: string): Partition {
  const { name, dnsSuffix } = partition(region);
  return { name, dnsSuffix };
}

/** True for a Region that the data of the AWS SDK lists, or that it assigns to a partition by its name. */
export function isRegion(region: string): boolean {
  // It lists `aws-global` and the like as well, which are not places to deploy to.
  if (!/-\d+$/.test(region)) return false;
  const found = partition(region);
  return found.name !== 'aws' || 'description' in found || REGION_OF_AWS.test(region);
}
