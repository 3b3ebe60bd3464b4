// Answers one event with the built bundle, and writes which parts of the user's token are in memory afterwards to standard
// error. Plain JavaScript, so that nothing else is loaded.
import { text } from 'node:stream/consumers';
import { getHeapSnapshot } from 'node:v8';

const { handler } = await import(process.argv[2]);
const answer = async () => {
  const context = { awsRequestId: '00000000-0000-4000-8000-000000000000' };
  const answered = await handler(JSON.parse(process.env.TEST_EVENT), context).catch(() => ({}));
  return JSON.stringify(answered);
};
const isVerified = (await answer()).includes('"on_behalf_of":"user-1"');
// Once for what is done later, and once for what that held.
for (let round = 0; round < 2; round += 1) {
  await new Promise((passed) => setTimeout(passed, 50));
  globalThis.gc();
}
const memory = await text(getHeapSnapshot());
const { user_token: token } = JSON.parse(process.env.TEST_EVENT).request.clientMetadata;
const [, payload, signature] = token.split('.');
const kept = Object.entries({ payload, signature }).filter(([, part]) => memory.includes(part));
process.stderr.write(
  `RESULT ${JSON.stringify({ isVerified, kept: kept.map(([name]) => name) })}\n`,
);
process.exit(0);
