import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { discoverAuthorizationServerMetadata } from '@modelcontextprotocol/sdk/client/auth.js';
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

/** Whether a program or a module is on this machine; CI installs them all. */
function isThere(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return process.env['M2M_REQUIRE_ALL_TESTS'] === '1';
  }
}

function testWith(name: string, command: string, args: string[], run: () => Promise<void>): void {
  const hasTool = isThere(command, ...args);
  if (!hasTool) console.log(`skipped: ${name}: ${command} ${args.join(' ')} fails here`);
  (hasTool ? test : test.skip)(name, run, 300_000);
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

testWith('boto3 makes a pool that issues tokens', 'python3', ['-c', 'import boto3'], async () => {
  const output = await installed.run('python3', ['-c', BOTO3, ...argumentsOf(plain)]);
  const [pool = '', id, secret] = output.trim().split(' ');

  const token = await installed.run('curl', [
    ...[
      '--silent',
      '--fail',
      '--user',
      `${id}:${secret}`,
      '--data',
      'grant_type=client_credentials',
    ],
    `${plain.cognito.url}/${pool}/oauth2/token`,
  ]);

  expect(JSON.parse(token)).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
});

testWith('the AWS CLI describes the pool', 'aws', ['--version'], async () => {
  const [pool] = plain.cognito.pools;
  const credentials = [
    'AWS_ACCESS_KEY_ID=local',
    'AWS_SECRET_ACCESS_KEY=local',
    'AWS_DEFAULT_REGION=eu-central-1',
  ];

  const output = await installed.run('env', [
    ...credentials,
    ...['aws', '--endpoint-url', plain.cognito.url, '--output', 'json', 'cognito-idp'],
    ...['describe-user-pool', '--user-pool-id', pool?.userPoolId ?? ''],
  ]);

  expect(JSON.parse(output).UserPool).toMatchObject({ Name: 'local', MfaConfiguration: 'OFF' });
});

test('the MCP SDK takes the discovery document', async () => {
  const [pool] = plain.cognito.pools;

  const metadata = await discoverAuthorizationServerMetadata(pool?.issuer ?? '');

  expect(metadata).toMatchObject({
    issuer: pool?.issuer,
    authorization_endpoint: expect.stringContaining('/oauth2/authorize'),
  });
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
    const terraform = (...args: string[]) =>
      installed.run('env', [
        'CHECKPOINT_DISABLE=1',
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

    expect(applied).toContain('Resources: 4 added');
    expect(planned).toContain('No changes.');
    expect(destroyed).toContain('Resources: 4 destroyed');
  },
);
