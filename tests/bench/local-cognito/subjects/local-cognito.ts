import { loadEnvironment } from '@cognito-m2m/environment';
import { startLocalCognito } from '@cognito-m2m/local-cognito';

// Local Cognito with the production trigger in its worker.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const { pools } = await startLocalCognito({ environment: await loadEnvironment('local') });
const client = pools[0]?.clients[0];
const body = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: client?.clientId ?? '',
  client_secret: client?.clientSecret ?? '',
});
console.log(JSON.stringify({ url: pools[0]?.tokenEndpoint, body: body.toString() }));
