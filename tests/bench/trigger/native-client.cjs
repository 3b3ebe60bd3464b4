// Stands in for the C++ addon of AWS's runtime client, as the one in `lambda-runtime` does, without a channel to the parent
// process, which the bare handler would pay for: one event from a variable, one result to standard error.
const fs = require('node:fs');
const Module = require('node:module');

const loadModule = Module._load;
let addonLoadedMs;
let handlerLoadedMs;

const nativeClient = {
  async next() {
    // The second time is after the result, which ends the process.
    handlerLoadedMs = performance.now();
    const headers = {
      'lambda-runtime-aws-request-id': '00000000-0000-4000-8000-000000000000',
      'lambda-runtime-deadline-ms': String(Date.now() + 5000),
      'lambda-runtime-invoked-function-arn':
        'arn:aws:lambda:eu-central-1:123456789012:function:pre-token-generation',
    };
    return { bodyJson: process.env.BENCH_EVENT, headers };
  },
  done(_requestId, body) {
    const answeredMs = performance.now();
    const isRight =
      process.env.BENCH_ANSWER === undefined || body.includes(process.env.BENCH_ANSWER);
    if (!isRight) throw new Error('The answer holds no claims.');
    const result = {
      // The runtime client loads the addon right before the function.
      loadAndFirstMs: answeredMs - addonLoadedMs,
      firstMs: answeredMs - handlerLoadedMs,
      rssBytes: process.memoryUsage().rss,
    };
    fs.writeSync(2, `RESULT ${JSON.stringify(result)}\n`);
    process.exit(0);
  },
  error(_requestId, body) {
    fs.writeSync(2, `${body}\n`);
    process.exit(1);
  },
};

Module._load = function load(request, ...rest) {
  if (!request.endsWith('rapid-client.node')) return loadModule.call(this, request, ...rest);
  addonLoadedMs = performance.now();
  return nativeClient;
};
