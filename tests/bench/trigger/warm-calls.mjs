// Calls one bundle again and again, without the runtime client between, and writes the processor time of a call to standard
// error. Plain JavaScript, so that nothing else is loaded.
const [bundleUrl, calls] = process.argv.slice(2);
const event = JSON.parse(process.env['BENCH_EVENT']);
const context = { awsRequestId: '00000000-0000-4000-8000-000000000000' };

const module = await import(bundleUrl);
const handler = module.handler ?? module.default.handler;
const run = async (count) => {
  for (let call = 0; call < count; call += 1) await handler({ ...event }, { ...context });
};

// Until then the code is compiled, which costs processor time too.
await run(Number(calls) / 2);
const before = process.cpuUsage();
await run(Number(calls));
const { user, system } = process.cpuUsage(before);
process.stderr.write(`RESULT ${JSON.stringify({ cpuUs: (user + system) / Number(calls) })}\n`);
process.exit(0);
