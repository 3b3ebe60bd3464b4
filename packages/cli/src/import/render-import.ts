import type { Style } from '../frame/terminal.ts';
import { count, plainText } from '../frame/text.ts';
import type { Adoption, FoundAdoption } from './find-adoption.ts';
import type { ImportNote } from './import-note.ts';

/** What was written, what is missing, how Terraform takes the pools over, and what the file leaves out. */
export function renderImport(
  json: ImportJson,
  adoptions: readonly FoundAdoption[],
  { colours }: Style,
): string {
  const { pools, file, assumed, undeclared, notRead, faults } = json;
  const clients = pools.reduce((sum, pool) => sum + pool.clients.length, 0);
  const summary = `${json.environment}: ${count(pools.length, 'pool')}, ${count(clients, 'client')}.`;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[colours.bold(title), ...lines].join('\n')];
  return [
    colours.green(file === null ? summary : `Wrote ${plainText(file)}, ${summary}`),
    ...section('To complete by hand', faults.map(lineText)),
    ...adoptionTexts(json, adoptions, colours),
    ...section('Not read', notRead.map(lineText)),
    ...section('Not declared', notesText(undeclared)),
    ...section('Stays with its owner', notesText(json.staysWithOwner)),
    ...section('Assumptions to review', notesText(assumed)),
    nextText(json),
  ].join('\n\n');
}

/** The most subjects of one note that are listed. */
const MAX_SUBJECTS = 5;

/** Each note once, with everything that it is about: a pool of 200 clients may have the same thing to say of each. */
function notesText(notes: readonly ImportNoteJson[]): string[] {
  const subjects = new Map<string, string[]>();
  for (const { subject, what, why, outcome } of notes) {
    const text = [what, `    Why: ${why}`, `    Then: ${outcome}`].map(plainText).join('\n  ');
    subjects.set(text, [...(subjects.get(text) ?? []), subject]);
  }
  return [...subjects].map(([text, named]) => `  ${plainText(subjectsText(named))}: ${text}`);
}

function subjectsText(subjects: readonly string[]): string {
  const more = subjects.length - MAX_SUBJECTS;
  const listed = subjects.slice(0, MAX_SUBJECTS).join(', ');
  return more > 0 ? `${listed} and ${more} more` : listed;
}

function lineText(text: string): string {
  return `  ${plainText(text)}`;
}

/** What the first deploy imports, and how to see beforehand that it replaces nothing. */
function adoptionTexts(
  { environment, adoption, isAdoptionKnown }: ImportJson,
  adoptions: readonly FoundAdoption[],
  { bold, yellow }: Style['colours'],
): string[] {
  if (!isAdoptionKnown) {
    return [
      yellow(
        'Do not deploy yet: what Terraform has to import is known once the file is complete. Complete it as said above, then import again with --force.',
      ),
    ];
  }
  return adoption.map(({ stack, file, imports }, index) => {
    const title = `No deploy created this pool. The first deploy of ${stack} imports it with ${count(imports.length, 'resource')}:`;
    const blocks = adoptions[index]?.blocks.trimEnd().split('\n') ?? [];
    const where =
      file === null
        ? [`Put this into infra/imports/${stack}.tf:`, '', ...blocks, '']
        : [`wrote ${file}`];
    const commands = [
      `npx -y pnpm@12 cdktf diff '${stack}'    # shows every import; an app client is never created or replaced`,
      `npx -y pnpm@12 cdktf deploy '${environment}-*'`,
    ];
    return [bold(title), ...[...where, ...commands].map((line) => `  ${line}`.trimEnd())].join(
      '\n',
    );
  });
}

function nextText({ environment, faults, adoption, pools }: ImportJson): string {
  if (faults.length > 0) return 'Next: complete the file, or run the same command with --default.';
  if (pools.some(({ isExisting }) => isExisting)) {
    const commands = [
      `m2m plan --env ${environment}`,
      `npx -y pnpm@12 cdktf deploy '${environment}-*'`,
      ...pools.map(({ pool }) => `m2m attach ${pool} --env ${environment}`),
    ];
    return `Next: ${commands.join(', then ')}. Until the last one, nothing changes for the pool.`;
  }
  if (adoption.length === 0) return `Next: m2m plan --env ${environment}`;
  return `Next: npx -y pnpm@12 cdktf diff '${adoption[0]?.stack}'; docs/import.md says what a first deploy changes.`;
}

/** One thing that the file leaves out, or says although AWS did not. */
export interface ImportNoteJson extends Omit<ImportNote, 'place'> {
  /** `environment`, `pool payments`, `client payments/web-app`. */
  readonly subject: string;
}

/** One pool in the file. */
interface ImportedPoolJson {
  readonly pool: string;
  readonly userPoolId: string;
  /** True if a deploy of this environment made it. */
  readonly isDeployed: boolean;
  /** True if another stack keeps the pool, and the file declares only its claims. */
  readonly isExisting: boolean;
  /** Names of the declared clients. */
  readonly clients: readonly string[];
}

/** The answer of `m2m import --json`. */
export interface ImportJson {
  readonly environment: string;
  readonly region: string;
  /** The file that was written; `null` if its text is the answer. */
  readonly file: string | null;
  /** The file's text, only with `--out -`. */
  readonly source?: string | undefined;
  readonly pools: readonly ImportedPoolJson[];
  /** What the file says although AWS does not. */
  readonly assumed: readonly ImportNoteJson[];
  /** What the file can't say. */
  readonly undeclared: readonly ImportNoteJson[];
  /** What the owner of the pools keeps, with `--claims-only`. */
  readonly staysWithOwner: readonly ImportNoteJson[];
  /** What could not be read, and why. */
  readonly notRead: readonly string[];
  /** What is wrong with the file as it is, to be completed by hand. */
  readonly faults: readonly string[];
  /** How Terraform takes over the pools that no deploy of this environment created. */
  readonly adoption: readonly Adoption[];
  /** False if that is known only once the file is complete: do not deploy before. */
  readonly isAdoptionKnown: boolean;
}
