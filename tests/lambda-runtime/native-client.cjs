// Loads the trigger's bundle in a process of its own, as Lambda does, and calls it for each message. Plain JavaScript, so
// that nothing but the bundle is loaded.
const { now } = Date;
const { handler } = await import(process.env['TRIGGER_BUNDLE_URL']);

function breakOnce() {
  Date.now = now;
  throw new Error('canary: the clock is broken');
}

process.on('message', async ({ event, clockJumpMs }) => {
  Date.now = clockJumpMs === 'broken' ? breakOnce : () => now() + clockJumpMs;
  const startedMs = performance.now();
  const outcome = await handler(event, { awsRequestId: 'request' }).then(
    (answer) => ({ answer }),
    (error) => ({ message: error.message }),
  );
  process.send({ ...outcome, elapsedMs: performance.now() - startedMs });
});
process.send({ isReady: true });
