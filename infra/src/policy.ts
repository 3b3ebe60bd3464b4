/** One statement of an IAM or resource policy; actions and resources are always listed. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: { readonly AWS: string | readonly string[] } | { readonly Service: string };
  readonly Action: readonly string[];
  /** Left out in a trust policy only. */
  readonly Resource?: string;
  readonly Condition?: {
    readonly [operator: string]: { readonly [key: string]: string | readonly string[] };
  };
}

/** Renders a policy document. */
export function policyJson(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
