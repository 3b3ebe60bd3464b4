import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TableCommand } from './table-process.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The table and its faulty proxy in a process of their own: their memory is not the trigger's. */
export interface SoakTable {
  readonly endpointUrl: string;
  readonly tableName: string;
  /** Sends a command and waits until it is obeyed. */
  command(command: WithoutId<TableCommand>): Promise<void>;
  close(): void;
}

/** Starts the process. */
export async function startSoakTable(): Promise<SoakTable> {
  const child = fork(fileURLToPath(new URL('table-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', '--disable-warning=Warning'],
  });
  const [{ endpointUrl, tableName }] = await once(child, 'message');
  const waiting = new Map<number, () => void>();
  let lastId = 0;
  child.on('message', ({ id }: { id: number }) => {
    waiting.get(id)?.();
    waiting.delete(id);
  });
  return {
    endpointUrl,
    tableName,
    command(command) {
      lastId += 1;
      const id = lastId;
      return new Promise((obeyed) => {
        waiting.set(id, obeyed);
        child.send({ id, ...command });
      });
    },
    close: () => {
      child.kill();
    },
  };
}
