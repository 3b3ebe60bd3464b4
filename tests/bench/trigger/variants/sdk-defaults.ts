import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

interface Event {
  readonly userPoolId: string;
  readonly callerContext: { readonly clientId: string };
}

/** Only the read, with the SDK as it comes. */
export async function handler(event: Event): Promise<unknown> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: process.env['CLAIMS_TABLE_NAME'],
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ':pk': { S: `POOL#${event.userPoolId}` },
        ':prefix': { S: `CLIENT#${event.callerContext.clientId}#CLAIMS#` },
      },
      ScanIndexForward: false,
      Limit: 2,
    }),
  );
  const claimsToAddOrOverride = Items[0]?.['claims']?.M;
  return { ...event, response: { accessTokenGeneration: { claimsToAddOrOverride } } };
}
