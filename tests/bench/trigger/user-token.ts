import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
import { runHeader } from '../run-header.ts';
import { NATIVE_CLIENT, runAlone, WARM_CALLS } from './measure.ts';
import { median } from './report.ts';
import { putSection, SECTION_HEADING } from './result-page.ts';

// What a user's token costs: cold, and warm next to the bare call of a library.
const CALLS = 20_000;
const VERIFY_CALLS = fileURLToPath(new URL('verify-calls.mjs', import.meta.url));
const PAGE = new URL('../results/user-token.md', import.meta.url);
const BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');

const { counts, isFull } = readCommandLine(
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

/** The smallest library that has every algorithm comes first: the target is measured by it. */
const LIBRARIES = ['jose', 'aws-jwt-verify', 'node:crypto'] as const;

const library = (name: (typeof LIBRARIES)[number]) =>
  runAlone<{ readonly cpuUs: number }>([VERIFY_CALLS, name, String(CALLS)], {
    PATH: process.env['PATH'] ?? '',
    BENCH_TOKEN: token,
    BENCH_KEY: JSON.stringify(issuer.signer().jwks.keys[0]),
  });

/** The largest share of the bare call and a warm hit together. */
const TARGET = 1.15;

const PREFACE = `# A user's token in the trigger

Made by \`npx -y pnpm@12 bench:user-token\`, which measures with the \`node\` on the path and writes that version's section again.
Medians; each ratio is taken within a round.
`;

const starts: Record<string, { readonly loadAndFirstMs: number; readonly firstMs: number }[]> = {
  'without issuers': [],
  'with a user token': [],
};
const warmUs: Record<string, number[]> = {};
const ratios: Record<string, number[]> = {};
const note = (rows: Record<string, number[]>, name: string, value: number) => {
  rows[name] = [...(rows[name] ?? []), value];
};
for (let round = 0; round < counts.rounds; round += 1) {
  starts['without issuers']?.push(await start('plain'));
  starts['with a user token']?.push(await start('agent'));
  const [hit, verified] = [(await warm('plain')).cpuUs, (await warm('agent')).cpuUs];
  note(warmUs, 'a hit, without a user token', hit);
  note(warmUs, 'a hit, with a user token', verified);
  for (const name of LIBRARIES) {
    const { cpuUs } = await library(name);
    note(warmUs, `the bare call of ${name}`, cpuUs);
    note(ratios, name, verified / (cpuUs + hit));
  }
}

const startRows = Object.entries(starts).map(([name, all]) => {
  const ms = (field: 'loadAndFirstMs' | 'firstMs') =>
    median(all.map((each) => each[field])).toFixed(1);
  return `| ${name} | ${ms('loadAndFirstMs')} | ${ms('firstMs')} |`;
});
const warmRows = Object.entries(warmUs).map(
  ([name, values]) => `| ${name} | ${median(values).toFixed(1)} |`,
);
const ratioRows = LIBRARIES.map((name) => {
  const ratio = median(ratios[name] ?? []);
  const verdict = ratio <= TARGET ? 'reached' : 'missed';
  const target = name === LIBRARIES[0] ? `≤ ${TARGET} | ${verdict}` : '– | for comparison';
  return `| with a user token ÷ (${name} + hit) | ${ratio.toFixed(2)} | ${target} |`;
});
const section = `${SECTION_HEADING}${Number.parseInt(process.versions.node, 10)}

${runHeader({})}
${counts.rounds} rounds, a new process each, one processor, one RS256 token of ${token.length} bytes, ${CALLS} warm calls each.

| cold | load + first, ms | first call, ms |
| --- | --- | --- |
${startRows.join('\n')}

| warm, processor time of all threads | µs |
| --- | --- |
${warmRows.join('\n')}

| figure | ratio | target | |
| --- | --- | --- | --- |
${ratioRows.join('\n')}

jose and aws-jwt-verify parse the token too; node:crypto only checks its signature. The trigger checks who issued the token, when, for whom and for what,
takes claims from it, resolves them with the client's record, and writes its log line.
`;
if (isFull) {
  const page = await readFile(PAGE, 'utf8').catch(() => '');
  await writeFile(PAGE, putSection(page, section, PREFACE));
}
process.stdout.write(section);
await Promise.all([table.close(), issuer.close(), rm(folder, { recursive: true })]);
