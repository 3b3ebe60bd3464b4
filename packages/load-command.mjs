/**
 * Loads a command and runs it; where it can't be loaded, says why in one message and ends with 1.
 *
 * Plain JavaScript, as the files in the workspaces' `bin/` are: what is missing may be what runs TypeScript.
 *
 * @param {() => Promise<unknown>} load - Imports the command.
 */
export async function loadCommand(load) {
  try {
    await load();
  } catch (error) {
    const message = explain(error);
    if (message === undefined) throw error;
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  }
}

/** What the person at the keyboard has to know; nothing for what only our own fault can be. */
function explain(error) {
  if (!(error instanceof Error)) return undefined;
  const missing = /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (error.code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) {
    return `The package ${missing} is not installed. Run: npx -y pnpm@12 install`;
  }
  const [headline, ...faults] = error.message.split('\n');
  if (!headline.startsWith('Transform failed with ')) return undefined;
  return faults.map(formatFault).join('\n');
}

/** One fault as editors show it: the compiler counts columns from 0. */
function formatFault(line) {
  const [, place, column, problem] = /^(.+:\d+):(\d+): ERROR: (.+)$/.exec(line) ?? [];
  return place === undefined ? line : `${place}:${Number(column) + 1}: ${problem}`;
}
