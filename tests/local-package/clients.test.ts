import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  auth,
  discoverAuthorizationServerMetadata,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import * as openidClient from 'openid-client';
import { GO_VARIABLES, startAwsProvider } from '../support/aws-provider.ts';
import { mustRun } from '../support/must-run.ts';
import { startServer } from '../support/server.ts';
import { tokenForm } from '../support/token.ts';
import {
  type InstalledPackage,
  installPackage,
  type RunningCommand,
  startCommand,
} from './installed-package.ts';

let installed: InstalledPackage;
let plain: RunningCommand;
let secure: RunningCommand;
beforeAll(async () => {
  installed = await installPackage();
  const pool = ['--client', 'worker', '--scope', 'notes/read'];
  [plain, secure] = [
    await startCommand(installed, ...pool),
    await startCommand(installed, ...pool, '--tls'),
  ];
}, 120_000);
afterAll(async () => {
  await plain.stop();
  await secure.stop();
  await installed.remove();
});

/** Whether a program, or a module of it, is on this machine. */
function isThere(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A test that needs a program. It skips where there is none, apart from CI, which installs them all. */
function testWith(name: string, command: string, args: string[], run: () => Promise<void>): void {
  const canRun = mustRun || isThere(command, ...args);
  if (!canRun) console.log(`skipped: ${name}: ${command} ${args.join(' ')} fails here`);
  (canRun ? test : test.skip)(name, run, 300_000);
}

/** The endpoint, id, secret and authority of a server, as the programs below read them. */
function argumentsOf({ cognito: { pools, caFile, url } }: RunningCommand): string[] {
  const [pool] = pools;
  const [client] = pool?.clients ?? [];
  if (!pool || !client) throw new Error('The command serves no client.');
  return [pool.tokenEndpoint, client.clientId, client.clientSecret, caFile ?? '', url];
}

testWith('curl over TLS gets a token', 'curl', ['--version'], async () => {
  const [endpoint = '', id, secret, ca = ''] = argumentsOf(secure);

  const output = await installed.run('curl', [
    ...['--silent', '--fail', '--cacert', ca, '--user', `${id}:${secret}`],
    ...['--data', 'grant_type=client_credentials', endpoint],
  ]);

  expect(JSON.parse(output)).toMatchObject({ token_type: 'Bearer' });
});

const JAVA = `
import java.net.*; import java.net.http.*; import java.util.*;
public class Ask {
  public static void main(String[] args) throws Exception {
    var basic = Base64.getEncoder().encodeToString((args[1] + ":" + args[2]).getBytes());
    var request = HttpRequest.newBuilder(URI.create(args[0]))
      .header("Authorization", "Basic " + basic).header("Content-Type", "application/x-www-form-urlencoded")
      .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&scope=notes%2Fread")).build();
    System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}`;

testWith('Java HttpClient gets a token', 'java', ['--version'], async () => {
  await installed.write('Ask.java', JAVA);

  const output = await installed.run('java', ['Ask.java', ...argumentsOf(plain)]);

  expect(output).toContain('"token_type":"Bearer"');
});

const GO = `package main
import ("context"; "fmt"; "os"; "golang.org/x/oauth2/clientcredentials")
func main() {
  config := clientcredentials.Config{ClientID: os.Args[2], ClientSecret: os.Args[3], TokenURL: os.Args[1], Scopes: []string{"notes/read"}}
  token, err := config.Token(context.Background())
  if err != nil { panic(err) }
  fmt.Println(token.TokenType, token.Valid())
}`;

/** Where Debian puts the sources of Go packages. */
const GO_ENVIRONMENT = ['GO111MODULE=off', 'GOPATH=/usr/share/gocode', 'GOCACHE=/tmp/go-cache'];

testWith(
  'Go x/oauth2 gets a token',
  'env',
  [...GO_ENVIRONMENT, 'go', 'list', 'golang.org/x/oauth2/clientcredentials'],
  async () => {
    await installed.write('ask.go', GO);

    const output = await installed.run('env', [
      ...GO_ENVIRONMENT,
      ...['go', 'run', 'ask.go', ...argumentsOf(plain)],
    ]);

    expect(output).toContain('Bearer true');
  },
);

const PYTHON_TESTS = [
  [
    'Python requests-oauthlib over TLS gets a token',
    'requests_oauthlib',
    `import sys
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session
session = OAuth2Session(client=BackendApplicationClient(client_id=sys.argv[2]))
print(session.fetch_token(token_url=sys.argv[1], client_id=sys.argv[2], client_secret=sys.argv[3], verify=sys.argv[4])["token_type"])`,
  ],
  [
    'Python Authlib over TLS gets a token',
    'authlib.integrations.requests_client',
    `import sys
from authlib.integrations.requests_client import OAuth2Session
session = OAuth2Session(sys.argv[2], sys.argv[3], scope="notes/read")
print(session.fetch_token(sys.argv[1], grant_type="client_credentials", verify=sys.argv[4])["token_type"])`,
  ],
] as const;

/** Debian's Python has the modules that CI installs; another one may come first on the path. */
const PYTHON = isThere('/usr/bin/python3', '--version') ? '/usr/bin/python3' : 'python3';

for (const [name, module, program] of PYTHON_TESTS) {
  testWith(name, PYTHON, ['-c', `import ${module}`], async () => {
    const output = await installed.run(PYTHON, ['-c', program, ...argumentsOf(secure)]);

    expect(output).toContain('Bearer');
  });
}

const RUBY = `require "oauth2"
client = OAuth2::Client.new(ARGV[1], ARGV[2], token_url: ARGV[0], auth_scheme: :basic_auth)
puts client.client_credentials.get_token(scope: "notes/read").params["token_type"] || "Bearer"`;

testWith('Ruby oauth2 gets a token', 'ruby', ['-e', 'require "oauth2"'], async () => {
  const output = await installed.run('ruby', ['-e', RUBY, ...argumentsOf(plain)]);

  expect(output).toContain('Bearer');
});

const BOTO3 = `import sys, boto3
cognito = boto3.client("cognito-idp", endpoint_url=sys.argv[5], region_name="eu-central-1", aws_access_key_id="local", aws_secret_access_key="local")
pool = cognito.create_user_pool(PoolName="from-boto3")["UserPool"]["Id"]
cognito.create_resource_server(UserPoolId=pool, Identifier="notes", Name="Notes", Scopes=[{"ScopeName": "read", "ScopeDescription": "Read"}])
client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="worker", GenerateSecret=True, AllowedOAuthFlows=["client_credentials"], AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthScopes=["notes/read"])["UserPoolClient"]
print(pool, client["ClientId"], client["ClientSecret"])`;

for (const [name, python] of [
  ['boto3', 'python3'],
  ["Debian's boto3", '/usr/bin/python3'],
] as const) {
  testWith(`${name} makes a pool that issues tokens`, python, ['-c', 'import boto3'], async () => {
    const output = await installed.run(python, ['-c', BOTO3, ...argumentsOf(plain)]);
    const [pool = '', clientId = '', clientSecret = ''] = output.trim().split(' ');

    const response = await fetch(`${plain.cognito.url}/${pool}/oauth2/token`, {
      method: 'POST',
      body: tokenForm({ clientId, clientSecret }),
    });

    expect(await response.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  });
}

/** The AWS CLIs on this machine by their major version: they are written in different ways. */
function findAwsClis(): Map<string, string> {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const found = new Map<string, string>();
  for (const place of new Set(places)) {
    try {
      const program = join(place, 'aws');
      const output = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' });
      const [, major] = /^aws-cli\/(\d+)\./.exec(output) ?? [];
      if (major !== undefined && !found.has(major)) found.set(major, program);
    } catch {
      // There is none in this folder.
    }
  }
  return found;
}

const awsClis = findAwsClis();

for (const major of ['1', '2']) {
  const program = awsClis.get(major) ?? `aws, version ${major}`;
  testWith(
    `the AWS CLI ${major} makes a pool that issues tokens`,
    program,
    ['--version'],
    async () => {
      const aws = async (...args: string[]) => {
        const output = await installed.run('env', [
          ...['AWS_ACCESS_KEY_ID=local', 'AWS_SECRET_ACCESS_KEY=local', 'AWS_PAGER='],
          ...['AWS_DEFAULT_REGION=eu-central-1', program, '--endpoint-url', plain.cognito.url],
          ...['--output', 'json', 'cognito-idp', ...args],
        ]);
        return JSON.parse(output);
      };
      const pool = await aws('create-user-pool', '--pool-name', `cli-${major}`);
      const { Id } = pool.UserPool;
      const named = ['--user-pool-id', Id, '--client-name', 'worker', '--generate-secret'];
      await aws(
        'create-resource-server',
        ...['--user-pool-id', Id, '--identifier', 'notes', '--name', 'Notes'],
        ...['--scopes', 'ScopeName=read,ScopeDescription=Read'],
      );

      const { UserPoolClient: client } = await aws(
        'create-user-pool-client',
        ...[...named, '--allowed-o-auth-flows', 'client_credentials'],
        ...['--allowed-o-auth-flows-user-pool-client', '--allowed-o-auth-scopes', 'notes/read'],
      );
      const described = await aws('describe-user-pool', '--user-pool-id', Id);

      expect(described.UserPool).toMatchObject({ Name: `cli-${major}`, MfaConfiguration: 'OFF' });
      const response = await fetch(`${plain.cognito.url}/oauth2/token`, {
        method: 'POST',
        body: tokenForm({ clientId: client.ClientId, clientSecret: client.ClientSecret }),
      });
      expect(response.status).toBe(200);
    },
  );
}

test('the MCP SDK finds the endpoint by the resource and gets a token', async () => {
  const [pool] = plain.cognito.pools;
  const [client] = pool?.clients ?? [];
  const issuer = pool?.issuer ?? '';
  // What an MCP server says of itself: https://www.rfc-editor.org/rfc/rfc9728
  const mcpServer = await startServer((request, response) => {
    const resource = `http://${request.headers.host}/mcp`;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ resource, authorization_servers: [issuer] }));
  });
  const provider = new ClientCredentialsProvider({
    clientId: client?.clientId ?? '',
    clientSecret: client?.clientSecret ?? '',
    expectedIssuer: issuer,
  });

  const metadata = await discoverAuthorizationServerMetadata(issuer);
  const result = await auth(provider, { serverUrl: `${mcpServer.url}/mcp` });
  await mcpServer.close();

  expect(metadata).toMatchObject({
    issuer,
    authorization_endpoint: expect.stringContaining('/oauth2/authorize'),
  });
  expect(result).toBe('AUTHORIZED');
  expect(provider.tokens()).toMatchObject({ token_type: 'Bearer' });
});

test('openid-client registers a client after discovery, which gets a token', async () => {
  const open = await startCommand(
    installed,
    ...['--client', 'registrar', '--scope', 'aws.cognito/dcr/register', '--scope', 'notes/read'],
    ...['--registration', 'authenticated'],
  );
  const [pool] = open.cognito.pools;
  const [registrar] = pool?.clients ?? [];
  const issuer = new URL(pool?.issuer ?? '');
  const options = { execute: [openidClient.allowInsecureRequests] };
  const { clientId = '', clientSecret } = registrar ?? {};
  const known = await openidClient.discovery(issuer, clientId, clientSecret, undefined, options);
  const { access_token: initialAccessToken } = await openidClient.clientCredentialsGrant(known, {
    scope: 'aws.cognito/dcr/register',
  });

  const registered = await openidClient.dynamicClientRegistration(
    issuer,
    { client_name: 'agent', grant_types: ['client_credentials'], scope: 'notes/read' },
    undefined,
    { ...options, initialAccessToken },
  );
  const token = await openidClient.clientCredentialsGrant(registered);
  const refused = openidClient.dynamicClientRegistration(issuer, {}, undefined, options);

  await expect(refused).rejects.toMatchObject({ status: 401 });
  await open.stop();
  expect(registered.clientMetadata().client_id).not.toBe(clientId);
  expect(token).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
});

const VERIFY = `
import { JwtVerifier } from 'aws-jwt-verify';
const [endpoint, id, secret, , , issuer, jwksUri] = process.argv.slice(1);
const response = await fetch(endpoint, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }) });
const { access_token } = await response.json();
const verifier = JwtVerifier.create({ issuer, audience: null, jwksUri });
console.log((await verifier.verify(access_token)).client_id === id);
`;

test('aws-jwt-verify verifies a token over TLS with its own fetcher', async () => {
  const [pool] = secure.cognito.pools;
  const { caFile = '' } = secure.cognito;
  await installed.link('aws-jwt-verify');
  await installed.write('verify.mjs', VERIFY.replace('slice(1)', 'slice(2)'));

  const output = await installed.run('env', [
    `NODE_EXTRA_CA_CERTS=${caFile}`,
    process.execPath,
    'verify.mjs',
    ...argumentsOf(secure),
    pool?.issuer ?? '',
    pool?.jwksUri ?? '',
  ]);

  expect(output).toBe('true\n');
  await expect(readFile(caFile, 'utf8')).resolves.toContain('BEGIN CERTIFICATE');
});

/** The provider that CI and this machine have unpacked. */
const MIRROR = process.env['TF_PROVIDER_MIRROR'] ?? '/opt/tf-plugins';
const TERRAFORM = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.100.0" }
  }
}
variable "url" { type = string }
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "local"
  secret_key                  = "local"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  max_retries                 = 1
  endpoints {
    cognitoidp = var.url
  }
}
resource "aws_cognito_user_pool" "notes" {
  name           = "notes"
  user_pool_tier = "ESSENTIALS"
  tags           = { team = "notes" }
}
resource "aws_cognito_resource_server" "notes" {
  identifier   = "notes"
  name         = "Notes"
  user_pool_id = aws_cognito_user_pool.notes.id
  scope {
    scope_name        = "read"
    scope_description = "Read"
  }
}
resource "aws_cognito_user_pool_client" "worker" {
  name                                 = "worker"
  user_pool_id                         = aws_cognito_user_pool.notes.id
  generate_secret                      = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["notes/read"]
  access_token_validity                = 15
  token_validity_units {
    access_token = "minutes"
  }
  depends_on = [aws_cognito_resource_server.notes]
}
resource "aws_cognito_user_pool_domain" "notes" {
  domain       = "acme-notes"
  user_pool_id = aws_cognito_user_pool.notes.id
}
`;

testWith(
  'Terraform makes a pool, plans nothing after it, and destroys it',
  'sh',
  ['-c', `command -v terraform && ls ${MIRROR}/registry.terraform.io`],
  async () => {
    await installed.write('main.tf', TERRAFORM);
    await installed.write(
      'terraform.rc',
      `provider_installation {\n  filesystem_mirror {\n    path = "${MIRROR}"\n  }\n}\n`,
    );
    const place = { env: GO_VARIABLES, providerMirror: MIRROR };
    const provider = await startAwsProvider(place, installed.directory);
    const terraform = (...args: string[]) =>
      installed.run('env', [
        'CHECKPOINT_DISABLE=1',
        ...Object.entries({ ...provider.env, ...GO_VARIABLES }).map(
          ([key, value]) => `${key}=${value}`,
        ),
        `TF_CLI_CONFIG_FILE=${join(installed.directory, 'terraform.rc')}`,
        `TF_VAR_url=${plain.cognito.url}`,
        'terraform',
        ...args,
        '-no-color',
      ]);

    await terraform('init');
    const applied = await terraform('apply', '-auto-approve');
    // Exits with 2, and so fails, if anything would change.
    const planned = await terraform('plan', '-detailed-exitcode');
    const destroyed = await terraform('destroy', '-auto-approve');
    await provider.close();

    expect(applied).toContain('Resources: 4 added');
    expect(planned).toContain('No changes.');
    expect(destroyed).toContain('Resources: 4 destroyed');
  },
);
