import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Names of the programs that run a package's command and may end without telling it. */
const WRAPPER =
  /(?:^|[\s/])(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bunx?)(?:-cli)?(?:\.[cm]?js)?(?:\s|$)/;

/** A process of this machine: the one that started it, and its command line. */
interface ProcessEntry {
  readonly parent: number;
  readonly command: string;
}

/** Reads a process; parent 0 and no command if there is none, or the system does not say. */
type ReadProcess = (pid: number) => Promise<ProcessEntry>;

/**
 * Finds the processes above this one up to the last package manager; none where the system does not say.
 *
 * @param read - Reads a process. @default the way of this system
 */
export async function findWrappers(
  parent: number,
  read: ReadProcess = process.platform === 'linux' ? readFromProc : readFromPs,
): Promise<number[]> {
  const chain: number[] = [];
  let count = 0;
  for (let pid = parent; pid > 1; ) {
    const entry = await read(pid);
    chain.push(pid);
    if (WRAPPER.test(entry.command)) count = chain.length;
    pid = entry.parent;
  }
  return chain.slice(0, count);
}

/** Linux, also in a container that has no `ps`. */
export const readFromProc: ReadProcess = async (pid) => {
  const [status, commandLine] = await Promise.all(
    ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(status ?? '')?.[1] ?? 0);
  return { parent, command: (commandLine ?? '').replaceAll('\0', ' ') };
};

/** macOS and every other POSIX system. */
export const readFromPs: ReadProcess = async (pid) => {
  const args = ['-o', 'ppid=', '-o', 'command=', '-p', `${pid}`];
  const { stdout } = await promisify(execFile)('ps', args).catch(() => ({ stdout: '' }));
  const [, parent = '0', command = ''] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
  return { parent: Number(parent), command };
};
