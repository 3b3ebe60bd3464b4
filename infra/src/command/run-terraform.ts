import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { InfraError } from '../errors.ts';

/** The variable in which CDKTF takes another program than `terraform`, such as OpenTofu. */
const PROGRAM_VARIABLE = 'TERRAFORM_BINARY_NAME';

/** Prints a line; an error goes to standard error. */
export type Print = (line: string, isError?: boolean) => void;

/** Where and how Terraform runs. */
export interface TerraformPlace {
  readonly stack: string;
  /** The folder of the stack's configuration. */
  readonly directory: string;
  /** Takes what Terraform prints, line by line. */
  readonly print: Print;
  /** Aborts with the name of the signal that this process received. */
  readonly stop: AbortSignal;
}

/** How a run of Terraform ended well. */
export interface TerraformResult {
  readonly exitCode: number;
  readonly stdout: string;
}

/**
 * Runs Terraform in the folder of one stack.
 *
 * @param okExitCodes - Exit codes that do not mean failure. @default only 0
 * @throws {InfraError} `ERR_INFRA_TERRAFORM_FAILED` if Terraform is missing, exits with another code, or is ended by a
 *   signal: out of memory, a cancelled CI job.
 */
export async function runTerraform(
  { stack, directory, print, stop }: TerraformPlace,
  args: readonly string[],
  okExitCodes: readonly number[] = [0],
): Promise<TerraformResult> {
  const program = process.env[PROGRAM_VARIABLE] ?? 'terraform';
  const what = `${program} ${args[0]} of ${stack}`;
  const child = spawn(program, [...args], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing is reported to anybody else. It also leaves out hints that assume a person at the terminal.
    env: { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', ...process.env },
  });
  // Ctrl+C reaches Terraform by itself, and a second one would make it give up without saving its state.
  const passOn = () => {
    if (stop.reason !== 'SIGINT') child.kill('SIGINT');
  };
  stop.addEventListener('abort', passOn);
  try {
    const [stdout, stderr, ending] = await Promise.all([
      readLines(child.stdout, print),
      readLines(child.stderr, (line) => print(line, true)),
      new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
        child.on('error', (cause) => reject(missing(program, cause)));
        child.on('close', (code, signal) => resolve({ code, signal }));
      }),
    ]);
    if (ending.code !== null && okExitCodes.includes(ending.code)) {
      return { exitCode: ending.code, stdout };
    }
    const how =
      ending.code === null
        ? `was ended by ${ending.signal}`
        : `failed with exit code ${ending.code}`;
    throw failed(`${what} ${how}.${adviceFor(stderr, directory)}`);
  } finally {
    stop.removeEventListener('abort', passOn);
  }
}

/**
 * Reads what Terraform says as JSON; prints nothing.
 *
 * @throws {InfraError} `ERR_INFRA_TERRAFORM_FAILED`, as `runTerraform`.
 */
export async function readTerraform<T>(place: TerraformPlace, args: readonly string[]): Promise<T> {
  const { stdout } = await runTerraform({ ...place, print: () => {} }, args);
  return JSON.parse(stdout);
}

async function readLines(
  stream: NodeJS.ReadableStream,
  print: (line: string) => void,
): Promise<string> {
  let text = '';
  let unfinished = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    text += chunk;
    const lines = (unfinished + chunk).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) print(line);
  }
  if (unfinished !== '') print(unfinished);
  return text;
}

function missing(program: string, cause: unknown): InfraError {
  const message = `${program} cannot be started. Install Terraform 1.10 or newer, or name another program in ${PROGRAM_VARIABLE}.`;
  return new InfraError('ERR_INFRA_TERRAFORM_FAILED', message, { cause });
}

function failed(message: string): InfraError {
  return new InfraError('ERR_INFRA_TERRAFORM_FAILED', message);
}

/** The way out of what a deploy cannot repair by itself. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /scheduled for deletion/,
    'A secret of that name is waiting to be deleted. Restore it and import it, or delete it for good: "A secret that waits for its deletion" in docs/deploy.md.',
  ],
  [
    /already exists|ResourceExistsException|EntityAlreadyExists|AliasExists|ResourceInUse/,
    'Something of that name exists that Terraform does not know, perhaps from a deploy that died: "A deploy that died" in docs/deploy.md.',
  ],
];

function adviceFor(stderr: string, directory: string): string {
  const found = ADVICE.filter(([pattern]) => pattern.test(stderr)).map(([, advice]) => advice);
  return ['', ...found, ...lockAdvice(stderr, directory)].join('\n');
}

/** Who holds the state, and the command that releases it: a run that died cannot do so itself. */
function lockAdvice(stderr: string, directory: string): string[] {
  if (!/acquiring the state lock/.test(stderr)) return [];
  const read = (field: string) =>
    new RegExp(`^[^\\w\\n]*${field}:[ \\t]*(\\S.*)$`, 'm')
      .exec(stripVTControlCharacters(stderr))?.[1]
      ?.trim();
  const [id, who, created] = ['ID', 'Who', 'Created'].map(read);
  const holder = who === undefined ? 'Another run' : `A run of ${who}`;
  const since = created === undefined ? '' : ` since ${created}`;
  return [
    `${holder} holds the lock of this state${since}. Wait for it, if it still runs.`,
    'If it died, and nothing deploys this stack now: "A deploy that died" in docs/deploy.md, then',
    `  terraform -chdir=${directory} force-unlock ${id ?? '<lock ID>'}`,
  ];
}
