import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { listAppClientIds, type UserTokenQuestions } from '@cognito-m2m/doctor';
import { triggerName } from '@cognito-m2m/environment/names';
import { type AwsClients, createAwsClients } from '../deployment/aws-clients.ts';
import type { CommandContext } from '../frame/command.ts';

const DAY_SECONDS = 86_400;

/** How far back refusals are counted, in days. */
const COUNTED_DAYS = 7;

/** Asks about the tokens of users: their issuers, and on AWS also the app clients of user pools and the trigger's metrics. */
export function askAboutUserTokens(
  { environment, clock }: Pick<CommandContext, 'environment' | 'clock'>,
  clients: AwsClients | undefined,
): UserTokenQuestions {
  const { name, region } = environment;
  // Reads the keys of an issuer as the trigger does.
  const findKeysProblem: UserTokenQuestions['findKeysProblem'] = async (issuer) => {
    const trigger = await import('@cognito-m2m/pre-token-generation/verified-token');
    return trigger.findKeysProblem(issuer);
  };
  if (clients === undefined) return { findKeysProblem };
  return {
    findKeysProblem,
    listClientIds: (pool) => {
      const { cognito } = pool.region === region ? clients : createAwsClients(pool.region);
      return listAppClientIds(cognito, pool.userPoolId);
    },
    countWithoutToken: () =>
      countDenied(new CloudWatchClient({ region }), triggerName(name), clock()),
  };
}

/** Sums the metric `TokensDenied` with the reason that no user token was sent. */
async function countDenied(
  client: CloudWatchClient,
  service: string,
  nowMs: number,
): Promise<number> {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'CognitoM2mClaims',
      MetricName: 'TokensDenied',
      Dimensions: [
        { Name: 'service', Value: service },
        { Name: 'reason', Value: 'ERR_TOKEN_REQUIRED' },
      ],
      StartTime: new Date(nowMs - COUNTED_DAYS * DAY_SECONDS * 1000),
      EndTime: new Date(nowMs),
      Period: DAY_SECONDS,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}
