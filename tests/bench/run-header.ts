import { cpus } from 'node:os';

/** One sentence that says when and on what a benchmark ran: date, Node.js, processor and the versions that matter to it. */
export function runHeader(versions: { readonly [library: string]: string } = {}): string {
  const parts = [
    `Node.js ${process.version}`,
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    ...Object.entries(versions).map(([library, version]) => `${library} ${version}`),
  ];
  return `${new Date().toISOString().slice(0, 10)}. ${parts.join(', ')}.`;
}
