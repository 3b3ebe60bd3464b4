import { readFile } from 'node:fs/promises';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How often the wrappers that started this process are looked at. */
const WATCH_MS = 500;

/** Names of the programs that run a package's command and may end without telling it. */
const WRAPPER = /(?:^|[\s/])(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bunx?)(?:[-.\w]*)(?:\s|$)/;

/**
 * Calls `stop` once when the process should end: at a signal, or when npx, npm or pnpm that started it has ended. Those do not pass
 * every signal on, and the server would keep its port.
 *
 * A second signal ends the process at once.
 */
export function onStop(stop: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const stopOnce = () => {
    clearInterval(timer);
    for (const signal of SIGNALS) process.removeListener(signal, stopOnce);
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, stopOnce);
  if (process.env['npm_config_user_agent'] === undefined) return;
  void findWrappers(process.ppid).then((wrappers) => {
    if (wrappers.length === 0) return;
    timer = setInterval(() => {
      if (!wrappers.every(isAlive)) stopOnce();
    }, WATCH_MS);
    timer.unref();
  });
}

/** The processes above this one up to the last wrapper; none where the system does not say. */
async function findWrappers(parent: number): Promise<number[]> {
  const chain: number[] = [];
  let count = 0;
  for (let pid = parent; pid > 1; pid = await parentOf(pid)) {
    chain.push(pid);
    const command = (await readProcFile(pid, 'cmdline')).replaceAll('\0', ' ');
    if (WRAPPER.test(command)) count = chain.length;
  }
  return chain.slice(0, count);
}

async function parentOf(pid: number): Promise<number> {
  const status = await readProcFile(pid, 'status');
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
}

function readProcFile(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Goes on when whoever reads the output has gone: `start | head -1` must not end the server. */
export function ignoreClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
