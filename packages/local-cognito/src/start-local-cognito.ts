import { checkConfig, toPoolDefinitions } from './config/check-config.ts';
import { type Cleanup, createCleanup } from './model/cleanup.ts';
import { withoutUndefined } from './model/without-undefined.ts';
import { createKeyProvider, prepareSigners } from './pools/signing-keys.ts';
import { createPoolRegistry } from './pools/user-pool.ts';
import type { LocalCognito, LocalCognitoOptions } from './start-options.ts';
import { startServer } from './start-server.ts';
import { openStore } from './state/open-store.ts';
import type { TriggerInput } from './trigger/trigger-options.ts';

/** Where pools are that name no Region. */
const DEFAULT_REGION = 'eu-central-1';

/**
 * Starts local Cognito: a token endpoint for machine clients that answers as Amazon Cognito does, with the pools and the trigger
 * that the options declare.
 *
 * @throws {LocalCognitoError} If it cannot start with these options; nothing stays open then.
 */
export async function startLocalCognito(options: LocalCognitoOptions): Promise<LocalCognito> {
  const { logger: _logger, clock: _clock, triggerTimeoutMs: _timeout, ...settings } = options;
  const { trigger, triggers = {}, ...config } = settings;
  const declared = withoutUndefined(checkedTriggers(trigger, triggers));
  const checked = checkConfig(withoutUndefined({ ...config, ...declared }), 'of startLocalCognito');
  const cleanup = createCleanup();
  try {
    return await start(options, toPoolDefinitions(checked), cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(
  options: LocalCognitoOptions,
  pools: ReturnType<typeof toPoolDefinitions>,
  cleanup: Cleanup,
): Promise<LocalCognito> {
  const { region = DEFAULT_REGION, data, trigger = null, triggers = {} } = options;
  const { clock = Date.now } = options;
  const store = await openStore(data, cleanup);
  const registry = await createPoolRegistry(store, { name: 'local', region, pools }, clock);
  const keys = createKeyProvider(store);
  cleanup.add(prepareSigners(keys, registry.directory.pools));
  const served = {
    name: 'local',
    region,
    registry,
    keys,
    claims: undefined,
    trigger,
    triggers,
    ready: Promise.resolve(),
    releasePort: undefined,
    about: {},
  };
  return startServer(served, options, cleanup);
}

/** The triggers as the schema knows them: a function or a URL stands for a bundle. */
function checkedTriggers(
  trigger: TriggerInput | null | undefined,
  triggers: { readonly [name: string]: TriggerInput },
) {
  const named = Object.entries(triggers).map(([name, input]) => [name, toDeclared(input)]);
  return {
    trigger: trigger === undefined || trigger === null ? trigger : toDeclared(trigger),
    triggers: Object.fromEntries(named),
  };
}

function toDeclared(input: TriggerInput) {
  if (typeof input === 'function' || typeof input === 'string' || input instanceof URL) {
    return 'a bundle';
  }
  return input.bundle === undefined ? input : { ...input, bundle: 'a bundle' };
}
