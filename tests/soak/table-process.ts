import type { ClaimRecord } from '@cognito-m2m/claim-schema';
import { type Fault, startClaimsTable, startFaultyProxy } from '@cognito-m2m/claims-store/testing';

/** What the soak asks of the table's process. */
export type TableCommand =
  | { readonly id: number; readonly put: readonly ClaimRecord[] }
  | { readonly id: number; readonly weather: 'fine' | 'faulty' | 'down' };

/** Quick faults make up most of the bad weather; slow ones hold up a caller for seconds. */
const QUICK: readonly Fault[] = [
  { kind: 'reset' },
  { kind: 'error', status: 500, type: 'InternalServerError' },
  { kind: 'error', status: 400, type: 'ExpiredTokenException' },
  { kind: 'body', text: '<html></html>' },
  { kind: 'body', text: '' },
  { kind: 'truncate' },
  { kind: 'slow', ms: 50 },
];
const SLOW: readonly Fault[] = [
  { kind: 'hang' },
  { kind: 'hang-in-body' },
  { kind: 'slow', ms: 3000 },
  { kind: 'error', status: 400, type: 'ThrottlingException' },
];

function randomFault(): Fault | undefined {
  const chance = Math.random();
  if (chance < 0.005) return SLOW[Math.floor(Math.random() * SLOW.length)];
  return chance < 0.2 ? QUICK[Math.floor(Math.random() * QUICK.length)] : undefined;
}

const table = await startClaimsTable();
const proxy = await startFaultyProxy(table.endpointUrl);

async function obey(command: TableCommand): Promise<void> {
  if ('put' in command) return table.put(...command.put);
  const { weather } = command;
  return proxy.setFault(
    weather === 'down' ? { kind: 'refuse' } : weather === 'faulty' ? randomFault : undefined,
  );
}

process.on('message', async (command: TableCommand) => {
  await obey(command);
  process.send?.({ id: command.id });
});
process.send?.({ endpointUrl: proxy.endpointUrl, tableName: table.tableName });
