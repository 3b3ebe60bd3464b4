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
