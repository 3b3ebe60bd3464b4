import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

/** RSA signatures per second of one core, as OpenSSL itself measures them. */
export function measureOneCore(): number {
  const output = execFileSync('openssl', ['speed', '-seconds', '2', 'rsa2048'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // "rsa 2048 bits 0.000551s 0.000016s   1816.1  62893.1": the third number is signatures per second.
  return Number(/^rsa 2048 bits +[\d.]+s +[\d.]+s +([\d.]+)/m.exec(output)?.[1]);
}

/** RS256 signatures per second of Node's thread pool: a token server that did nothing but sign would reach it. */
export async function measureAllCores(seconds: number): Promise<number> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signAsync = promisify(sign);
  const data = Buffer.alloc(600);
  const startedAt = performance.now();
  let count = 0;
  const work = async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      await signAsync('RSA-SHA256', data, privateKey);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  return count / ((performance.now() - startedAt) / 1000);
}
