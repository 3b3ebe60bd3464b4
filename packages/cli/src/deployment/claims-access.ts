import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClaimsLister } from '@cognito-m2m/claims-store/lister';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import type { ClaimsAccess } from '../frame/target.ts';

/** Opens a claims table for reading, listing and writing. */
export function createClaimsAccess(client: DynamoDBClient, tableName: string): ClaimsAccess {
  const edges = { client, tableName };
  return {
    reader: createClaimsReader(edges),
    lister: createClaimsLister(edges),
    writer: createClaimsWriter(edges),
  };
}
