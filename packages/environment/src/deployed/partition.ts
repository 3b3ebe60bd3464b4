import { partition } from '@aws-sdk/core/client';

/** A partition of AWS: a group of Regions with names and addresses of their own. */
export interface Partition {
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

/**
 * True for a Region that the data of the AWS SDK lists.
 *
 * A name that only has the form of a Region is most often a typo: a deploy would fail after minutes, at an address that does
 * not exist. For a Region that AWS has added since, update `@aws-sdk/core`.
 */
export function isRegion(region: string): boolean {
  // It lists `aws-global` and the like as well, which are not places to deploy to.
  if (!/-\d+$/.test(region)) return false;
  return 'description' in partition(region);
}
