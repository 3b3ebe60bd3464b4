import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * Runs Jest in the workspace this is started from: node ../../bin/jest.mjs [arguments of Jest]
 *
 * Node.js has to be started with a flag for native ES modules, and without the warning that the flag prints.
 */
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
const { status, signal } = spawnSync(process.execPath, [...flags, jest, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
if (signal !== null) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
