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
import { createAnswerUserEvent } from './user-events.ts';
import { createUserTokens } from './user-tokens.ts';
import type { ForwardEvent } from './user-trigger/forward-event.ts';
import type { TokenChecks } from './verified-token/token-checks.ts';

// The edges of the trigger: environment variables, clocks, the log and the network are touched only in this file.
const logger = createLineLogger((line) => process.stdout.write(line));
const clock = systemClock;
const result = readSettings(process.env);

async function connect(settings: Settings): Promise<IssueClaims> {
  const client = createDynamoClient(settings, process.env);
  const reader = createClaimsReader({ client, tableName: settings.tableName });
  const tokens = createUserTokens(() => loadTokenChecks(settings));
  await Promise.all([
    prewarm({ reader, logger }),
    rehearse({ clock, write: () => {} }),
    settings.tokenIssuers.length > 0 && tokens.start(),
  ]);
  return createIssueClaims({
    source: createClaimsSource({ reader, clock, settings }),
    resolve: createClaimsResolver({ contract, sizeBudgetBytes: settings.sizeBudgetBytes }),
    tokens,
    clock: createTableClock(clock, client),
  });
}

/** From a file of its own: most environments never load it. */
async function loadTokenChecks(settings: Settings): Promise<TokenChecks> {
  const { createTokenChecks } = await import('./verified-token/token-checks.ts');
  return createTokenChecks({
    issuers: settings.tokenIssuers,
    clock,
    maxStaleSeconds: settings.maxStaleSeconds,
    // With the table on this machine, everything is.
    allowLoopbackHttp: settings.endpointUrl?.startsWith('http:') === true,
  });
}

/** From a file of its own: a pool for machines only never loads it. */
async function loadForwardEvent(settings: Settings): Promise<ForwardEvent> {
  const { createForwardEvent } = await import('./user-trigger/forward-event.ts');
  const endpointUrl = process.env['AWS_ENDPOINT_URL_LAMBDA'] || process.env['AWS_ENDPOINT_URL'];
  return createForwardEvent({
    region: settings.region,
    endpointUrl: endpointUrl || undefined,
    variables: process.env,
  });
}

/** Users' events of pools without a function for them come back untouched. */
function answerUsers(settings: Settings) {
  const targets = settings.userTriggers;
  if (targets.size === 0) return undefined;
  return createAnswerUserEvent({
    targets,
    load: () => loadForwardEvent(settings),
    logger,
    clock,
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
  answerUserEvent: result.isValid ? answerUsers(result.settings) : undefined,
});
