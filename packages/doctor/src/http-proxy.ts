import { createRequire } from 'node:module';

/** The environment variables of a process. */
interface Variables {
  readonly [name: string]: string | undefined;
}

/** What a client of the AWS SDK needs to use the proxy of the environment: its own HTTP client does not read it. */
export function proxyOfSdk(variables: Variables) {
  const { http, https } = proxiesOf(variables);
  if (http === undefined && https === undefined) return {};
  const { ProxyAgent } = createRequire(import.meta.url)('proxy-agent');
  const agent = new ProxyAgent({ keepAlive: true });
  return { requestHandler: { httpAgent: agent, httpsAgent: agent } };
}

/** The proxy of each protocol; both spellings are in use, and the lower-case one wins. */
export function proxiesOf(variables: Variables) {
  const read = (name: string) =>
    variables[name.toLowerCase()] || variables[name] || variables['ALL_PROXY'] || undefined;
  return { http: read('HTTP_PROXY'), https: read('HTTPS_PROXY') };
}

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
