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

// A call may come before the runtime client asks for the next one: it is kept until then.
const calls = [];
let take;
process.on('message', (call) => {
  calls.push(call);
  take?.();
});

function nextCall() {
  return new Promise((resolve) => {
    take = () => {
      take = undefined;
      resolve(calls.shift());
    };
    if (calls.length > 0) take();
  });
}

const nativeClient = {
  async next() {
    if (!isStarted) process.send({ isStarted: true });
    isStarted = true;
    const { event, clockJumpMs, remainingMs } = await nextCall();
    Date.now = clockJumpMs === 'broken' ? breakOnce : () => now() + clockJumpMs;
    startedMs = performance.now();
    return {
      bodyJson: JSON.stringify(event),
      headers: invocationHeaders('request', now(), remainingMs),
    };
  },
  done(_requestId, body) {
    post({ answer: JSON.parse(body), body });
  },
  error(_requestId, body) {
    post({ error: JSON.parse(body) });
  },
};

replaceAddon(() => nativeClient);
