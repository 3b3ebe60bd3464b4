export type { Fault } from './faults.ts';
export { type ClaimsTable, startClaimsTable } from './start-claims-table.ts';
export { type FaultyProxy, startFaultyProxy } from './start-faulty-proxy.ts';
