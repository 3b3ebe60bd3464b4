import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { proxyOfSdk } from '@cognito-m2m/doctor/http-proxy';
import { type AwsClients, createAwsClients } from '../deployment/aws-clients.ts';

/** One client for each AWS service that an import reads. */
export interface ImportClients extends AwsClients {
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly firewall: WAFV2Client;
}

/** Creates the clients of one Region. */
export function createImportClients(region: string): ImportClients {
  const config = { region, ...proxyOfSdk(process.env) };
  return {
    ...createAwsClients(region),
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    firewall: new WAFV2Client(config),
  };
}
