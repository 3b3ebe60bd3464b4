import { proxiesOf } from '@cognito-m2m/doctor/http-proxy';

/** A local Cognito is on this machine: no proxy can reach it. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * Sends every `fetch` of this process through the proxy of the environment, apart from what `NO_PROXY` names.
 *
 * Node.js reads those variables only from version 24, and only when asked.
 *
 * @param variables - Receives `NO_PROXY` with the addresses of this machine, for the clients of the AWS SDK as well.
 */
export async function useProxyForFetch(variables: {
  [name: string]: string | undefined;
}): Promise<void> {
  const { http, https } = proxiesOf(variables);
  if (http === undefined && https === undefined) return;
  const named = variables['no_proxy'] ?? variables['NO_PROXY'];
  const noProxy = [named, ...LOOPBACK].filter(Boolean).join(',');
  variables['no_proxy'] = noProxy;
  variables['NO_PROXY'] = noProxy;
  // Few need it, and it is slow to load.
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
  setGlobalDispatcher(
    new EnvHttpProxyAgent({ noProxy, httpProxy: http ?? '', httpsProxy: https ?? '' }),
  );
}
