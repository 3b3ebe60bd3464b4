/** The key schema of the claims table, for whoever creates one: Terraform and the local server. */
export const CLAIMS_TABLE_KEYS = { partitionKey: 'pk', sortKey: 'sk' } as const;
