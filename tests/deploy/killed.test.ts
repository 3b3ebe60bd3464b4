import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { requiredTools } from '../support/tools.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import { trialEnvironment } from './trial-environment.ts';

// Real Terraform, killed as the system does when memory runs out, while AWS makes what it was asked for.
jest.setTimeout(600_000);
const { resolve } = createRequire(import.meta.url);
const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('a deploy whose Terraform is killed', () => {
  let aws: LocalAws;
  let deployment: Deployment;
  let gate: Server;
  let held: Promise<void>;
  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    deployment = await createDeployment(aws, 'trial');
    await deployment.declare(trialEnvironment());
    let hold = () => {};
    held = new Promise((reached) => {
      hold = reached;
    });
    gate = createGate(aws.endpointUrl, 'DynamoDB_20120810.CreateTable', hold);
    await new Promise<void>((listening) => gate.listen(0, '127.0.0.1', listening));
  });
  afterAll(async () => {
    gate?.closeAllConnections();
    gate?.close();
    await deployment?.remove();
    await aws?.close();
  });

  test('exits with an error that names the stack and the signal, and begins no other stack', async () => {
    const { port } = gate.address() as AddressInfo;
    const command = ['--import', resolve('tsx'), resolve('@cognito-m2m/infra/command')];
    const child = spawn(process.execPath, [...command, 'deploy', 'trial-*', '--auto-approve'], {
      cwd: dirname(deployment.environmentsDirectory),
      env: { ...process.env, ...aws.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((closed) => child.on('close', closed)),
    ]);

    await Promise.race([held, ended]);
    const killed = killTerraform(child.pid ?? 0);
    const [stdout, stderr, exitCode] = await ended;

    expect(stderr).toMatch(/terraform apply of trial-claims was ended by SIGKILL/);
    expect({ killed, exitCode }).toEqual({ killed: 1, exitCode: 1 });
    expect(stdout).not.toContain('trial-pool-payments: deploy');
    expect(stderr).toContain('trial-pool-payments');
  });
});

/** Passes every request on but those of one operation, which it never answers. */
function createGate(endpointUrl: string, target: string, onHeld: () => void): Server {
  return createServer((incoming, response) => {
    if (incoming.headers['x-amz-target'] === target) return onHeld();
    const { method, url, headers } = incoming;
    const outgoing = request(new URL(url ?? '/', endpointUrl), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
}

/** Kills the Terraform processes that a process has started. @returns How many. */
function killTerraform(parent: number): number {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const [, program, ppid] =
        /^\d+ \((.*)\) \S+ (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      return program === 'terraform' && Number(ppid) === parent;
    } catch {
      // It has ended since.
      return false;
    }
  });
  for (const pid of children) process.kill(Number(pid), 'SIGKILL');
  return children.length;
}
