import { appendFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

// Loaded before m2m by set-road.ts: keeps who called, callers that await included, for each write to DynamoDB.
Error.stackTraceLimit = 200;
const { send } = DynamoDBClient.prototype;
DynamoDBClient.prototype.send = function recordWrite(command, ...rest) {
  if (command.constructor.name === 'PutItemCommand') {
    appendFileSync(process.env.M2M_WRITES, `${new Error('write').stack}\n`);
  }
  return send.call(this, command, ...rest);
};
