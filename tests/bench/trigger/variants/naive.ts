import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';

// What a team writes that has not measured: every convenience, bundled without a thought.
const logger = new Logger({ serviceName: 'claims' });
const metrics = new Metrics({ namespace: 'claims', serviceName: 'claims' });
const tracer = new Tracer({ serviceName: 'claims' });
const client = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({})));

const Event = z.object({
  userPoolId: z.string(),
  callerContext: z.object({ clientId: z.string() }),
});

/** Adds the stored claims to the token. */
export async function handler(event: unknown): Promise<unknown> {
  const { userPoolId, callerContext } = Event.parse(event);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: process.env['CLAIMS_TABLE_NAME'],
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ':pk': `POOL#${userPoolId}`,
        ':prefix': `CLIENT#${callerContext.clientId}#CLAIMS#`,
      },
      ScanIndexForward: false,
      Limit: 2,
    }),
  );
  const claimsToAddOrOverride = Items[0]?.['claims'];
  metrics.addMetric('TokensIssued', 'Count', 1);
  metrics.publishStoredMetrics();
  logger.info('issued', { clientId: callerContext.clientId });
  return { ...(event as object), response: { accessTokenGeneration: { claimsToAddOrOverride } } };
}
