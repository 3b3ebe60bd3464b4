import { defineEnvironment } from '@cognito-m2m/contract';

const PROBE_SCOPES = ['probe/b', 'probe/c', 'probe/a'];

/**
 * For `m2m probe`: its trigger does what a request says, so no API may accept its tokens. Deploy it, measure, then
 * `destroy 'trial-probe-*'`.
 */
export default defineEnvironment({
  name: 'trial-probe',
  region: 'eu-central-1',
  owner: 'platform',
  isDisposable: true,
  probe: true,
  pools: {
    probe: {
      description: 'Measures what Amazon Cognito does; no API accepts its tokens',
      domainPrefix: 'm2m-trial-probe-{accountId}',
      resourceServers: {
        probe: { name: 'Probe', scopes: { a: 'First', b: 'Second', c: 'Third' } },
      },
      defaults: { claims: { environment: 'trial' } },
      clients: {
        asked: { description: 'Is asked by the probe', scopes: PROBE_SCOPES },
        plain: { description: 'May use no GetClientToken', scopes: PROBE_SCOPES },
      },
    },
  },
});
