import type { Style } from '../frame/output/style.ts';
import { count, plainText } from '../frame/output/text.ts';
import type { Adoption } from './find-adoption.ts';
import type { ImportNote } from './import-note.ts';

/** What was written, what it assumes and leaves out, and what to do next. */
export function renderImport(json: ImportJson, { colours }: Style): string {
  const { pools, file, assumed, undeclared, notRead, faults } = json;
  const clients = pools.reduce((sum, pool) => sum + pool.clients.length, 0);
  const summary = `${json.environment}: ${count(pools.length, 'pool')}, ${count(clients, 'client')}.`;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[colours.bold(title), ...lines].join('\n')];
  return [
    colours.green(file === null ? summary : `Wrote ${plainText(file)}, ${summary}`),
    ...section('Assumed, look it over', assumed.map(noteText)),
    ...section('Not declared', undeclared.map(noteText)),
    ...section('Not read', notRead.map(lineText)),
    ...section('To complete by hand', faults.map(lineText)),
    ...adoptionTexts(json, colours),
    nextText(json),
  ].join('\n\n');
}

function noteText({ subject, what, why, outcome }: ImportNoteJson): string {
  const lines = [`  ${subject}: ${what}`, `      Why: ${why}`, `      Then: ${outcome}`];
  return lines.map(plainText).join('\n');
}

function lineText(text: string): string {
  return `  ${plainText(text)}`;
}

/** Terraform can't read whether a client was made with a secret, and takes the answer out of its state. */
const STATE_WITH_SECRETS = `terraform state pull | sed 's/"generate_secret": null/"generate_secret": true/' | terraform state push -force -`;

/** The commands with which Terraform takes a pool over, ready to paste. */
function adoptionTexts(
  { environment, adoption }: ImportJson,
  { bold }: Style['colours'],
): string[] {
  return adoption.map(({ stack, imports }) => {
    const commands = [
      `npx -y pnpm@12 synth ${environment}`,
      `cd infra/cdktf.out/stacks/${stack}`,
      'terraform init',
      ...imports.map(({ address, id }) => `terraform import '${address}' '${plainText(id)}'`),
      STATE_WITH_SECRETS,
      'terraform plan  # nothing may be destroyed',
    ];
    const title = `No deploy made this pool. Before the first deploy of ${stack}, Terraform takes it over:`;
    return [bold(title), ...commands.map((command) => `  ${command}`)].join('\n');
  });
}

function nextText({ environment, faults, adoption }: ImportJson): string {
  if (faults.length > 0) return 'Next: complete the file, or run the same command with --default.';
  if (adoption.length === 0) return `Next: m2m plan --env ${environment}`;
  return 'Next: the commands above; docs/m2m.md says what a first deploy changes.';
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
  readonly source?: string;
  readonly pools: readonly ImportedPoolJson[];
  /** What the file says although AWS does not. */
  readonly assumed: readonly ImportNoteJson[];
  /** What the file can't say. */
  readonly undeclared: readonly ImportNoteJson[];
  /** What could not be read, and why. */
  readonly notRead: readonly string[];
  /** What is wrong with the file as it is, to be completed by hand. */
  readonly faults: readonly string[];
  /** How Terraform takes over the pools that no deploy of this environment made. */
  readonly adoption: readonly Adoption[];
}
