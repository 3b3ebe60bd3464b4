import { partition } from '@aws-sdk/core/client';

/** A partition of AWS: a group of Regions with names and addresses of their own. */
interface Partition {
  /** As in ARNs: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`. */
  readonly name: string;
  /** The end of its service addresses, such as `amazonaws.com`. */
  readonly dnsSuffix: string;
}

/** The partition of a Region, from the data of the AWS SDK; `aws` for a Region that it does not know. */
export function partitionOf(region: string): Partition {
  const { name, dnsSuffix } = partition(region);
  return { name, dnsSuffix };
}
