import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';

/** The workspaces of the architecture page's picture, and who may import whom. */
export interface WorkspaceDiagram {
  /** Every arrow as `from → to`, dotted ones included. */
  readonly arrows: readonly string[];
  /** True if a way of arrows leads from one workspace to another. */
  reaches(from: string, to: string): boolean;
}

/** Reads the picture of the workspaces out of `docs/architecture.md`. */
export async function readWorkspaceDiagram(): Promise<WorkspaceDiagram> {
  const page = await readFile(join(repositoryRoot, 'docs', 'architecture.md'), 'utf8');
  const [, picture = ''] = /```mermaid\nflowchart BT\n([\s\S]*?)```/.exec(page) ?? [];
  // A node looks like `infra["3 · infra<br/>CDKTF app"]`.
  const nodes = new Map(
    [...picture.matchAll(/^ {2}(\w+)\["\d · ([\w/-]+)/gm)].map(([, id = '', name = '']) => [
      id,
      name,
    ]),
  );
  const nameOf = (id: string) => nodes.get(id) ?? id;
  const edges = [...picture.matchAll(/^ {2}(\w+) -(?:->|\. bundle \.->) (\w+)$/gm)].map(
    ([, from = '', to = '']) => [nameOf(from), nameOf(to)] as const,
  );
  const reaches = (from: string, to: string): boolean =>
    edges.some(([start, end]) => start === from && (end === to || reaches(end, to)));
  return { arrows: edges.map(([from, to]) => `${from} → ${to}`), reaches };
}
