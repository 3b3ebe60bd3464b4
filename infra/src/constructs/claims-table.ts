import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import type { Environment } from '@cognito-m2m/environment';
import { tableName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';

/** What the table is made from. */
export interface ClaimsTableProps {
  readonly environment: Environment;
  /** The customer managed key that encrypts it. */
  readonly keyArn: string;
}

/** The claims table: on demand, encrypted, restorable to any second of the last 35 days, protected from deletion. */
export class ClaimsTable extends Construct {
  readonly table: DynamodbTable;

  constructor(scope: Construct, id: string, props: ClaimsTableProps) {
    super(scope, id);
    const { environment, keyArn } = props;
    const { partitionKey, sortKey } = CLAIMS_TABLE_KEYS;
    this.table = new DynamodbTable(this, 'table', {
      name: tableName(environment.name),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: partitionKey,
      rangeKey: sortKey,
      attribute: [
        { name: partitionKey, type: 'S' },
        { name: sortKey, type: 'S' },
      ],
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: !environment.isDisposable,
      // AWS refuses to delete the table when all around it is gone; Terraform refuses before.
      lifecycle: { preventDestroy: !environment.isDisposable },
    });
  }
}
