// Loads one bundle as Lambda's Node.js runtime client does (some built-ins are there already; `import()`), calls it, and
// writes what it measured to standard error. Plain JavaScript, so that nothing else is loaded. The runtime client itself,
// aws-lambda-ric, is not used: to install it is to compile curl and a C++ addon, with cmake and the headers of Node.js.
import { createRequire } from 'node:module';

const [bundleUrl, mode, calls] = process.argv.slice(2);
const require = createRequire(import.meta.url);
for (const name of ['fs', 'path', 'url', 'util', 'events', 'http', 'async_hooks']) require(name);

const event = {
  version: '3',
  triggerSource: 'TokenGeneration_ClientCredentials',
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_Test00001',
  userName: 'ClientCredentials',
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: '1example23456789' },
  request: {
    userAttributes: {},
    groupConfiguration: null,
    scopes: ['orders/read'],
    clientMetadata: null,
  },
  response: { claimsAndScopeOverrideDetails: null },
};
const context = { awsRequestId: '00000000-0000-4000-8000-000000000000' };

const startedMs = performance.now();
const module = await import(bundleUrl);
const handler = module.handler ?? module.default.handler;
const loadedMs = performance.now();
const answer = await handler({ ...event }, { ...context });
const answeredMs = performance.now();
const loadAndFirstMs = answeredMs - startedMs;
const result = {
  loadAndFirstMs,
  firstMs: answeredMs - loadedMs,
  rssBytes: process.memoryUsage().rss,
};

if (!bundleUrl.includes('bare') && !JSON.stringify(answer).includes('premium')) {
  throw new Error('The answer holds no claims.');
}
if (mode === 'warm') {
  const run = async (count) => {
    for (let call = 0; call < count; call += 1) await handler({ ...event }, { ...context });
  };
  await run(Number(calls) / 4);
  const before = process.cpuUsage();
  await run(Number(calls));
  const { user, system } = process.cpuUsage(before);
  result.cpuUs = (user + system) / Number(calls);
}
process.stderr.write(`RESULT ${JSON.stringify(result)}\n`);
process.exit(0);
