import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';

/** What the API says it holds; a test leaves out what should be missing. */
export interface AwsContent {
  /** Values by parameter name. */
  readonly parameters: { readonly [name: string]: string };
  /** App clients by id, by pool id. */
  readonly pools: { readonly [id: string]: { readonly [clientId: string]: object } };
}

/** A stand-in for the parts of AWS that are read, with a real claims table called `claims`. */
export interface AwsApi {
  readonly url: string;
  readonly table: ClaimsTable;
  close(): Promise<void>;
}

/** Starts the stand-in on a free loopback port. */
export async function startAwsApi(content: AwsContent): Promise<AwsApi> {
  const table = await startClaimsTable();
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(content, table, request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    table,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await table.close();
    },
  };
}

async function answer(content: AwsContent, table: ClaimsTable, request: IncomingMessage) {
  const target = String(request.headers['x-amz-target']);
  const body = await text(request);
  if (target.startsWith('DynamoDB_')) return forward(table, request, body);
  const input = JSON.parse(body) as Record<string, string>;
  const found = read(content, target.split('.')[1], input);
  if (found !== undefined) return { status: 200, body: JSON.stringify(found) };
  return { status: 400, body: JSON.stringify({ __type: 'ResourceNotFoundException' }) };
}

function read(content: AwsContent, operation: string | undefined, input: Record<string, string>) {
  const clients = content.pools[input['UserPoolId'] ?? ''];
  if (operation === 'GetParametersByPath') {
    const named = Object.entries(content.parameters).filter(([name]) =>
      name.startsWith(`${input['Path']}/`),
    );
    return { Parameters: named.map(([Name, Value]) => ({ Name, Value })) };
  }
  if (operation === 'DescribeUserPool') return clients && { UserPool: { CreationDate: 1000 } };
  const client = clients?.[input['ClientId'] ?? ''];
  return client && { UserPoolClient: client };
}

async function forward(table: ClaimsTable, { headers }: IncomingMessage, body: string) {
  const names = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date'];
  const response = await fetch(table.endpointUrl, {
    method: 'POST',
    headers: names.map((name): [string, string] => [name, String(headers[name])]),
    body,
  });
  return { status: response.status, body: await response.text() };
}
