import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTokenSigner, type TokenSigner } from '@cognito-m2m/claim-schema/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attacks, fine } from '../service/attacks.ts';
import { KNOWN_CLIENT, type ServiceWorld, startServiceWorld } from '../service/service-world.ts';
import { runM2m } from '../support/m2m.ts';
import { mustRun } from '../support/must-run.ts';
import { repositoryRoot } from '../support/repository.ts';
import { findPool } from '../support/token.ts';

/*
 * The programs of docs/verify-in-any-language.md, taken out of the page and run as they are: each gets the tokens of local
 * Cognito and those of a signer, whose keys a server of ours publishes, and prints what it makes of them.
 */

/** A token, the scope that the route asks for, and what the answer must be: the HTTP status, or 200. */
interface Case {
  readonly name: string;
  readonly token: string;
  readonly scope: string;
  readonly status: 200 | 401 | 403;
}

/** A language of the page: its file, and how that is run with {@link Input} on standard input. */
interface Language {
  readonly name: string;
  readonly block: string;
  readonly file: string;
  /** Reads the input, asks one verifier for each issuer, and prints the statuses. */
  readonly harness: { readonly file: string; readonly text: string };
  readonly probe: readonly [string, ...string[]];
  readonly command: readonly [string, ...string[]];
}

const GO = ['env', 'GO111MODULE=off', 'GOPATH=/usr/share/gocode', 'GOCACHE=/tmp/go-cache'] as const;
/** Debian's Python has the modules; another one may come first on the path. */
const PYTHON = '/usr/bin/python3';

const LANGUAGES: readonly Language[] = [
  {
    name: 'Python',
    block: 'python',
    file: 'verify_token.py',
    harness: {
      file: 'harness.py',
      text: `import json, sys
from verify_token import TokenRefused, TokenVerifier
given = json.load(sys.stdin)
verifiers = [TokenVerifier(issuer, given["clientIds"], given["schema"]) for issuer in given["issuers"]]
def status(verifier, case):
    try:
        assert "client_id" in verifier.verify(case["token"], case["scope"])
        return 200
    except TokenRefused as refused:
        return refused.status
print(json.dumps([[status(verifier, case) for verifier in verifiers] for case in given["cases"]]))
`,
    },
    probe: [PYTHON, '-c', 'import jwt, cryptography, jsonschema'],
    command: [PYTHON, 'harness.py'],
  },
  {
    name: 'Go',
    block: 'go',
    file: 'verify.go',
    harness: {
      file: 'harness.go',
      text: `package main
import ("encoding/json"; "os")
func main() {
  var given struct { ClientIDs []string; Schema json.RawMessage; Issuers []string; Cases []struct { Token, Scope string } }
  if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil { panic(err) }
  var verifiers []*Verifier
  for _, issuer := range given.Issuers {
    verifier, err := NewVerifier(issuer, given.ClientIDs, given.Schema)
    if err != nil { panic(err) }
    verifiers = append(verifiers, verifier)
  }
  statuses := [][]int{}
  for _, one := range given.Cases {
    row := []int{}
    for _, verifier := range verifiers {
      claims, err := verifier.Verify(one.Token, one.Scope)
      switch {
      case err == nil && claims["client_id"] != nil: row = append(row, 200)
      case err == ErrScope: row = append(row, 403)
      case err == ErrRefused: row = append(row, 401)
      default: panic(err)
      }
    }
    statuses = append(statuses, row)
  }
  json.NewEncoder(os.Stdout).Encode(statuses)
}
`,
    },
    probe: [
      ...GO,
      ...['go', 'list', 'gopkg.in/square/go-jose.v2/jwt', 'github.com/xeipuuv/gojsonschema'],
    ],
    command: [...GO, 'go', 'run', 'harness.go', 'verify.go'],
  },
];

let world: ServiceWorld;
let keyServer: Server;
let signer: TokenSigner;
let directory: string;
let cases: readonly Case[];
let schema: { required: string[] };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'm2m-any-language-'));
  keyServer = createServer((_request, response) => response.end(JSON.stringify(signer.jwks)));
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  const { port } = keyServer.address() as AddressInfo;
  signer = createTokenSigner({ issuer: `http://127.0.0.1:${port}/eu-central-1_Signer` });
  world = { ...(await startServiceWorld()), signer };
  schema = JSON.parse((await runM2m(['contract', 'json-schema'])).stdout);
  // As the page says: what this API cannot do without.
  schema.required.push('custom:organization_id');
  cases = await makeCases();
}, 120_000);
afterAll(async () => {
  keyServer.close();
  await world.close();
  await rm(directory, { recursive: true });
});

/** A token of the signer that is good but for some claims. */
function claiming(name: string, claims: object, status: Case['status']): Case {
  const token = signer.sign({ ...fine, claims: { ...fine.claims, ...claims } });
  return { name, token, scope: 'orders/read', status };
}

async function makeCases(): Promise<readonly Case[]> {
  const token = await world.getToken('payments');
  const forged: Case[] = [];
  // One after the other: some attacks turn the clock of local Cognito.
  for (const { attack, status, request } of attacks) {
    const { headers, path } = await request(world);
    const [, bearer] = /^Bearer (.*)$/s.exec(headers['authorization'] ?? '') ?? [];
    const scope = path === undefined ? 'orders/read' : 'orders/write';
    if (bearer !== undefined) forged.push({ name: attack, token: bearer, scope, status });
  }
  return [
    { name: 'a token of local Cognito', token, scope: 'orders/read', status: 200 },
    claiming('a signed token', {}, 200),
    claiming('a token with every kind of claim', EVERY_KIND, 200),
    claiming('a claim that a newer contract added', { new_claim: 1 }, 200),
    ...forged,
    claiming('a member of another type', { limits: { perMinute: 'lots' } }, 401),
    claiming('a number out of its range', { limits: { perMinute: 0 } }, 401),
    claiming('a number that is not whole', { limits: { perMinute: 1.5 } }, 401),
    claiming('a required member left out', { limits: { regions: ['eu'] } }, 401),
    claiming(
      'an element that is not allowed',
      { limits: { perMinute: 1, regions: ['mars'] } },
      401,
    ),
    claiming('an empty list', { limits: { perMinute: 1, regions: [] } }, 401),
    claiming('a string off its pattern', { depot: 'de-1' }, 401),
    claiming('a string with a line break after its pattern', { depot: 'DE-00\n' }, 401),
    { ...claiming('a client that is not on the list', {}, 401), token: otherClient() },
  ];
}

const EVERY_KIND = {
  tier: 'free',
  approval_limit: 12.5,
  permissions: ['a', 'b'],
  depot: 'DE-001',
  limits: { perMinute: 6000, burst: { calls: 1, seconds: 0.5 }, regions: ['eu', 'us'] },
};

function otherClient(): string {
  return signer.sign({ ...fine, clientId: 'somebody-else' });
}

function isThere([command, ...args]: Language['probe']): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return mustRun;
  }
}

/** Runs the program of the page over all cases. @returns For each case, what the verifier of each issuer says. */
async function runProgram({ block, file, harness, command }: Language): Promise<number[][]> {
  const page = await readFile(join(repositoryRoot, 'docs/verify-in-any-language.md'), 'utf8');
  const [, code = ''] = new RegExp(`\`\`\`${block}\n([\\s\\S]*?)\n\`\`\``).exec(page) ?? [];
  await writeFile(join(directory, file), `${code}\n`);
  await writeFile(join(directory, harness.file), harness.text);
  const pool = findPool(world.cognito, 'payments');
  const clientIds = [KNOWN_CLIENT, ...pool.clients.map(({ clientId }) => clientId)];
  const issuers = [pool.issuer, signer.issuer];
  const [program, ...args] = command;
  const child = execFile(program, args, { cwd: directory });
  child.stdin?.end(JSON.stringify({ clientIds, schema, issuers, cases }));
  if (child.stdout === null || child.stderr === null) throw new Error('No output.');
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(errors);
  return JSON.parse(output);
}

describe.each(LANGUAGES)('the $name program of the page', (language) => {
  const hasTools = isThere(language.probe);
  if (!hasTools) console.log(`skipped: ${language.name}: ${language.probe.join(' ')} fails here`);

  (hasTools ? test : test.skip)(
    'the program accepts good tokens, and refuses every attack and every claim that violates the contract',
    async () => {
      const answers = await runProgram(language);

      // One of the two verifiers is for the issuer of the token; the other one must always refuse it.
      const judged = answers.map((statuses, index) => ({
        name: cases[index]?.name,
        status: statuses.find((status) => status !== 401) ?? 401,
        refusals: statuses.filter((status) => status === 401).length,
      }));
      expect(judged).toEqual(
        cases.map(({ name, status }) => ({ name, status, refusals: status === 401 ? 2 : 1 })),
      );
      expect(cases.length).toBeGreaterThan(35);
    },
    300_000,
  );
});
