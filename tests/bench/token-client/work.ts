import { setTimeout as wait } from 'node:timers/promises';
import { secretName } from '@cognito-m2m/environment/names';
import { decodeJwt } from 'jose';
import type { TokenWorld } from '../../token-client/token-world.ts';
import { advanceDate } from './simulated-date.ts';
import type { GetToken, Subject, SubjectContext } from './subjects.ts';

/** What happened to one subject. */
export interface Outcome {
  readonly name: string;
  readonly tokens: number;
  readonly dollarsPerMonth: number;
  readonly wrongTenant: number;
  readonly failedAfterRotation: number;
  readonly stampede: number;
}

/** How much is asked for. */
export interface Work {
  readonly callers: number;
  readonly minutes: number;
}

const TENANTS = ['t-1', 't-2', 't-3'];

/** How often each caller asks, in seconds of simulated time. */
const STEP_SECONDS = 10;

/** The first tier. https://aws.amazon.com/cognito/pricing/ */
const DOLLARS_PER_TOKEN = 0.002_25;

const MINUTES_PER_MONTH = 43_800;

/** Runs the same work with one subject: steady calls for three tenants, then a rotation, then calls again. */
export async function runSubject(
  world: TokenWorld,
  { name, create }: Subject,
  {
    secretsManager,
    work,
  }: { readonly secretsManager: SubjectContext['secretsManager']; readonly work: Work },
): Promise<Outcome> {
  // The last rotation left the client another secret than it began with.
  const secretId = secretName('tokens', 'payments', 'portal');
  const { SecretString = '' } = await secretsManager.getSecretValue({ SecretId: secretId });
  const { client_secret: clientSecret } = JSON.parse(SecretString);
  const client = { ...world.clientOf('portal'), clientSecret };
  const getToken = await create({ client, secretId, secretsManager });

  const steady = await callFor(world, getToken, work);
  await world.rotate('portal');
  const rotated = await callFor(world, getToken, work);

  return {
    name,
    tokens: steady.tokens,
    dollarsPerMonth: (steady.tokens / work.minutes) * MINUTES_PER_MONTH * DOLLARS_PER_TOKEN,
    wrongTenant: steady.wrongTenant,
    failedAfterRotation: rotated.failed,
    stampede: steady.stampede,
  };
}

async function callFor(world: TokenWorld, getToken: GetToken, { callers, minutes }: Work) {
  const total = { tokens: 0, wrongTenant: 0, failed: 0, stampede: 0 };
  for (let second = 0; second < minutes * 60; second += STEP_SECONDS) {
    const before = world.issued();
    const calls = Array.from({ length: callers }, async (_, caller) => {
      const tenant = TENANTS[caller % TENANTS.length] ?? '';
      const token = await getToken(tenant).catch(() => undefined);
      if (token === undefined) total.failed++;
      else if (decodeJwt(token)['tenant_id'] !== tenant) total.wrongTenant++;
    });
    await Promise.all(calls);
    // Renewals in the background end in this step, too.
    await wait(5);
    const issued = world.issued() - before;
    total.tokens += issued;
    total.stampede = Math.max(total.stampede, Math.ceil(issued / TENANTS.length));
    world.advance(STEP_SECONDS);
    advanceDate(STEP_SECONDS);
  }
  return total;
}
