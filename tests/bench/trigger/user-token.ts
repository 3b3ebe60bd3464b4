import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  aBaseline,
  aClientCredentialsEvent,
  aTokenSelector,
} from '@cognito-m2m/claim-schema/testing';
import { startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { startUserIssuer } from '@cognito-m2m/pre-token-generation/testing';
import { lambdaVariables } from '../../lambda-runtime/lambda-variables.ts';
import { currentRuntimeClient } from '../../lambda-runtime/runtime-clients.ts';
import { readCommandLine } from '../command-line.ts';
import { NATIVE_CLIENT, runAlone, WARM_CALLS } from './measure.ts';

// What a user's token costs: cold, and warm next to the bare call of the library. Prints its table and keeps no page.
const CALLS = 5000;
const VERIFY_CALLS = fileURLToPath(new URL('verify-calls.mjs', import.meta.url));
const BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');

const { counts } = readCommandLine(
  {
    name: 'bench:user-token',
    description: 'Measures the trigger with a verified token of a user, cold and warm.',
  },
  { rounds: { description: 'rounds, each of cold starts and of warm calls', full: 21 } },
);

const folder = await mkdtemp(join(tmpdir(), 'bench-user-token-'));
const [table, issuer] = await Promise.all([startClaimsTable(), startUserIssuer()]);
const certificate = join(folder, 'certificate.pem');
await writeFile(certificate, issuer.certificate);
const claimsFromToken = aTokenSelector({
  issuer: { name: 'staff', issuer: issuer.issuer, clientIds: ['user-client'], audience: [] },
  maxAgeSeconds: 3600,
});
await table.put(
  aBaseline({ clientId: 'plain' }),
  aBaseline({ clientId: 'agent', claimsFromToken }),
);
const token = issuer.sign();
if (cpus().length > 1) {
  execFileSync('taskset', ['-a', '-c', '-p', `1-${cpus().length - 1}`, String(process.pid)], {
    stdio: 'ignore',
  });
}

/** The variables of a trigger whose environment declares the issuer, or of one whose environment does not. */
function variablesOf(clientId: 'plain' | 'agent') {
  const isAgent = clientId === 'agent';
  const clientMetadata = isAgent ? { user_token: token } : {};
  return {
    ...lambdaVariables(dirname(fileURLToPath(BUNDLE))),
    BENCH_EVENT: JSON.stringify(aClientCredentialsEvent({ clientId, clientMetadata })),
    BENCH_ANSWER: isAgent ? 'user-1' : 'premium',
    CLAIMS_TABLE_NAME: table.tableName,
    CLAIMS_CACHE_SECONDS: '600',
    ...(isAgent && { CLAIMS_TOKEN_ISSUERS: JSON.stringify([{ issuer: issuer.issuer }]) }),
    AWS_ENDPOINT_URL_DYNAMODB: table.endpointUrl,
    NODE_EXTRA_CA_CERTS: certificate,
  };
}

const start = (clientId: 'plain' | 'agent') =>
  runAlone<{ readonly loadAndFirstMs: number; readonly firstMs: number }>(
    ['--require', NATIVE_CLIENT, currentRuntimeClient().script],
    variablesOf(clientId),
  );

const warm = (clientId: 'plain' | 'agent') =>
  runAlone<{ readonly cpuUs: number }>([WARM_CALLS, BUNDLE, String(CALLS)], variablesOf(clientId));

const library = () =>
  runAlone<{ readonly cpuUs: number }>([VERIFY_CALLS, String(CALLS)], {
    PATH: process.env['PATH'] ?? '',
    BENCH_TOKEN: token,
    BENCH_KEY: JSON.stringify(issuer.signer().jwks.keys[0]),
  });

function median(values: readonly number[]): number {
  return [...values].sort((first, second) => first - second)[Math.floor(values.length / 2)] ?? 0;
}

const rows: { [figure: string]: number[] } = {};
const note = (figure: string, value: number) => {
  rows[figure] = [...(rows[figure] ?? []), value];
};
for (let round = 0; round < counts.rounds; round += 1) {
  const [plain, agent] = [await start('plain'), await start('agent')];
  note('load and first answer, without issuers (ms)', plain.loadAndFirstMs);
  note('load and first answer, with a user token (ms)', agent.loadAndFirstMs);
  note('first invocation, without issuers (ms)', plain.firstMs);
  note('first invocation, with a user token (ms)', agent.firstMs);
  const [hit, verified, bare] = [await warm('plain'), await warm('agent'), await library()];
  note('warm hit (µs)', hit.cpuUs);
  note('warm hit with a user token (µs)', verified.cpuUs);
  note('bare call of the library (µs)', bare.cpuUs);
  note(
    'with a user token ÷ (library + hit), target 1.15',
    verified.cpuUs / (bare.cpuUs + hit.cpuUs),
  );
}
for (const [figure, values] of Object.entries(rows)) {
  process.stdout.write(`${figure.padEnd(52)} ${median(values).toFixed(2)}\n`);
}
await Promise.all([table.close(), issuer.close(), rm(folder, { recursive: true })]);
