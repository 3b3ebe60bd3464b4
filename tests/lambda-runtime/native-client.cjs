// Stands in for the C++ addon of AWS's runtime client, which fetches events and posts answers over HTTP and has to be
// compiled: here they come and go over the channel to the parent process. Everything else of the runtime client is real.
const { invocationHeaders, replaceAddon } = require('./addon.cjs');

const { now } = Date;
let startedMs;
let isStarted = false;

function breakOnce() {
  Date.now = now;
  throw new Error('canary: the clock is broken');
}

function post(outcome) {
  process.send({ ...outcome, elapsedMs: performance.now() - startedMs });
}

const nativeClient = {
  next() {
    const called = new Promise((resolve) => {
      process.once('message', ({ event, clockJumpMs, remainingMs }) => {
        Date.now = clockJumpMs === 'broken' ? breakOnce : () => now() + clockJumpMs;
        startedMs = performance.now();
        const headers = invocationHeaders('request', now(), remainingMs);
        resolve({ bodyJson: JSON.stringify(event), headers });
      });
    });
    if (!isStarted) process.send({ isStarted: true });
    isStarted = true;
    return called;
  },
  done(_requestId, body) {
    post({ answer: JSON.parse(body), body });
  },
  error(_requestId, body) {
    post({ error: JSON.parse(body) });
  },
};

replaceAddon(() => nativeClient);
