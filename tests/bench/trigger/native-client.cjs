// Stands in for the C++ addon of AWS's runtime client, as the one in `lambda-runtime` does, without a channel to the parent
// process, which the bare handler would pay for: one event from a variable, one result to standard error.
const fs = require('node:fs');
const { invocationHeaders, replaceAddon } = require('../../lambda-runtime/addon.cjs');

let addonLoadedMs;
let handlerLoadedMs;

const nativeClient = {
  async next() {
    // The second time is after the result, which ends the process.
    handlerLoadedMs = performance.now();
    const headers = invocationHeaders('00000000-0000-4000-8000-000000000000', Date.now());
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

replaceAddon(() => {
  addonLoadedMs = performance.now();
  return nativeClient;
});
