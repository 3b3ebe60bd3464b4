import { setTimeout as wait } from 'node:timers/promises';
import { contract } from '@cognito-m2m/contract';
import { useProxyForFetch } from '@cognito-m2m/doctor/http-proxy';
import picocolors from 'picocolors';
import { createPrompt } from './frame/terminal.ts';
import { describeInterruption, type Edges, runM2m } from './run.ts';

// The SDK warns on Node 20 at every start; other warnings stay.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { stdin, stdout, stderr } = process;

// Whoever reads may go away, as `head` does: what is under way goes on to its end all the same, unheard.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const edges: Edges = {
  contract,
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
  // A terminal that does not know its width says 0.
  width: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined,
  hasColours: stdout.isTTY === true && picocolors.isColorSupported,
  isTerminal: stderr.isTTY === true,
  prompt: createPrompt({ input: stdin, output: stderr }),
  clock: Date.now,
  wait: (milliseconds) => wait(milliseconds),
  repeat: (milliseconds, callback) => {
    const timer = setInterval(callback, milliseconds);
    return () => clearInterval(timer);
  },
  variables: process.env,
};

// As a shell reports a process that a signal ended: 128 and its number.
for (const [signal, exitCode] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    stderr.write(describeInterruption(process.argv.slice(2), signal, process.env));
    process.exit(exitCode);
  });
}

await useProxyForFetch(process.env);

// Not process.exit: what is still on its way to a pipe would be lost.
process.exitCode = await runM2m(process.argv.slice(2), edges);
