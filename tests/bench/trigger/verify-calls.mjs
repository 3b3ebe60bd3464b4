// Calls the library of the trigger again and again, with the key at hand, and writes the processor time of a call to standard
// error. Plain JavaScript, so that nothing else is loaded.
import { compactVerify } from 'jose/jws/compact/verify';

const calls = Number(process.argv[2]);
const token = process.env['BENCH_TOKEN'];
const { kty, n, e } = JSON.parse(process.env['BENCH_KEY']);
const key = { kty, n, e };
const run = async (count) => {
  for (let call = 0; call < count; call += 1) {
    const { payload } = await compactVerify(token, key, { algorithms: ['RS256'] });
    JSON.parse(Buffer.from(payload));
  }
};

await run(calls / 4);
const before = process.cpuUsage();
await run(calls);
const { user, system } = process.cpuUsage(before);
process.stderr.write(`RESULT ${JSON.stringify({ cpuUs: (user + system) / calls })}\n`);
process.exit(0);
