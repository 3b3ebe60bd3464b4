import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { contract } from '@cognito-m2m/contract';
import { createClaimsResolver } from './claims-resolver.ts';
import { createClaimsSource } from './claims-source.ts';
import { systemClock } from './clock.ts';
import { createHandler, type IssueClaims } from './create-handler.ts';
import { createDynamoClient, createTableClock } from './dynamo-client.ts';
import { TriggerError } from './errors.ts';
import { createIssueClaims } from './issue-claims.ts';
import { createLineLogger } from './line-logger.ts';
import { prewarm } from './prewarm.ts';
import { rehearse } from './rehearsal.ts';
import { readSettings, type Settings } from './settings.ts';

// The edges of the trigger: environment variables, clocks, the log and the network are touched in this file alone.
const logger = createLineLogger((line) => process.stdout.write(line));
const clock = systemClock;
const result = readSettings(process.env);

async function connect(settings: Settings): Promise<IssueClaims> {
  const client = createDynamoClient(settings, process.env);
  const reader = createClaimsReader({ client, tableName: settings.tableName });
  await Promise.all([prewarm({ reader, logger }), rehearse({ clock, write: () => {} })]);
  return createIssueClaims({
    source: createClaimsSource({ reader, clock, settings }),
    resolve: createClaimsResolver({ contract, sizeBudgetBytes: settings.sizeBudgetBytes }),
    clock: createTableClock(clock, client),
  });
}

/** The trigger as Lambda calls it. */
export const handler = createHandler({
  // With wrong settings users can still sign in, and every machine token is refused with the faults in the log.
  issueClaims: result.isValid
    ? await connect(result.settings)
    : async () => {
        throw new TriggerError('ERR_SETTINGS_INVALID', { faults: result.faults });
      },
  logger,
  clock,
});
