// Verifies one token again and again with a library, with the key at hand, and writes the processor time of a call to standard
// error. Plain JavaScript, so that nothing else is loaded.
import { createPublicKey, verify } from 'node:crypto';

const [library, calls] = process.argv.slice(2);
const token = process.env['BENCH_TOKEN'];
const jwk = JSON.parse(process.env['BENCH_KEY']);
const publicKey = createPublicKey({ key: jwk, format: 'jwk' });

/** Each reads the claims as well; node:crypto only checks the signature. */
const VERIFIERS = {
  async jose() {
    const { compactVerify } = await import('jose/jws/compact/verify');
    const { kty, n, e } = jwk;
    const key = { kty, n, e };
    return async () => {
      const { payload } = await compactVerify(token, key, { algorithms: ['RS256'] });
      return JSON.parse(Buffer.from(payload));
    };
  },
  async 'aws-jwt-verify'() {
    const { verifyJwtSync } = await import('aws-jwt-verify/jwt-verifier');
    const { iss } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    const checks = { issuer: iss, audience: null };
    return async () => verifyJwtSync(token, { keys: [jwk] }, checks, () => publicKey);
  },
  async 'node:crypto'() {
    const end = token.lastIndexOf('.');
    return async () => {
      const signature = Buffer.from(token.slice(end + 1), 'base64url');
      return verify('sha256', Buffer.from(token.slice(0, end)), publicKey, signature);
    };
  },
};

const verifyOnce = await VERIFIERS[library]();
const run = async (count) => {
  for (let call = 0; call < count; call += 1) {
    if (!(await verifyOnce())) throw new Error(`${library} refused the token`);
  }
};

// Until then the code is compiled, which costs processor time too.
await run(Number(calls) / 2);
const before = process.cpuUsage();
await run(Number(calls));
const { user, system } = process.cpuUsage(before);
process.stderr.write(`RESULT ${JSON.stringify({ cpuUs: (user + system) / Number(calls) })}\n`);
process.exit(0);
