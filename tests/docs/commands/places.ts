import type { PageCommand } from './page-commands.ts';

/** The suites that take commands from the pages and run them as printed. */
type RunFromPage = 'local' | 'server' | 'upgrade' | 'deployed' | 'script';

/** Where a command of a page is tried. */
export type Place =
  | { readonly kind: RunFromPage | 'aws-only' | 'name' }
  | { readonly kind: 'suite'; readonly row: Row };

/** A command that another suite runs in its own words. */
export interface Row {
  /** The whole command; the names of environments are a reader's. */
  readonly command: RegExp;
  readonly suite: string;
  /** What the source of the suite must contain. */
  readonly words: readonly string[];
}

/** The commands of `m2m` that run against local Cognito. */
const LOCAL_M2M =
  /^(?:npx -y pnpm@12 |eval "\$\()?m2m (?:list|explain|who|history|set|unset|rollback|disable|enable|plan|token|doctor|rotate|handover|contract|completion bash|--version)\b/;
/** The name of a command in a sentence, perhaps with options: not something to type. */
const NAME = /^(?:npx -y pnpm@12 )?m2m(?: [a-z]+)?(?: --[a-z-]+)*$|…(?!")/;
const SERVER =
  /^(?:npx @cognito-m2m\/local-cognito|local-cognito) |aws cognito-idp list-user-pools/;
const UPGRADE = /^(?:git |npx -y pnpm@12 (?:rename-scope|product:upgrade) )/;
/** Scripts of this repository and of npm, which script-commands.test.ts runs. */
const SCRIPT = /^npm publish |^npx -y pnpm@12 --dir packages\/\S+ test \S+$/;
const DEPLOYED = /^aws (?:dynamodb|secretsmanager) |^m2m import /;

const TUTORIAL = 'tests/docs/tutorial.test.ts';
const FIRST = 'tests/readme/first-commands.test.ts';
const DEPLOY = 'tests/deploy/deploy.test.ts';
const STATE = 'tests/deploy/terraform-state.test.ts';
const CDKTF = 'infra/src/command/cdktf.test.ts';
const TWO_STATES = 'tests/beside/two-states.test.ts';
const WATCH = 'tests/pool-watch/pool-watch.test.ts';
const FORK = 'tests/adopter/fork.ts';
const PACKED = 'tests/packed/consumer-project.ts';
const COMPLETION = 'packages/cli/src/completion/shell-scripts.test.ts';

const pnpm = (words: string) => new RegExp(`^npx -y pnpm@12 ${words}$`);

/** Every command that is not run from its page. */
export const ROWS: readonly Row[] = [
  { command: pnpm('demo'), suite: FIRST, words: ["run('demo')"] },
  {
    command: /^export PATH="\$PWD\/bin:\$PATH"$/,
    suite: FIRST,
    words: ["join(repositoryRoot, 'bin')"],
  },
  { command: pnpm('start'), suite: FIRST, words: ["run('start'"] },
  {
    command: pnpm('start --env [a-z]+'),
    suite: 'packages/local-cognito/src/command/start.test.ts',
    words: ["'--env', 'dev'"],
  },
  { command: pnpm('test'), suite: '.ci/run', words: ['npx -y pnpm@12 test'] },
  { command: pnpm('check'), suite: '.ci/run', words: ['npx -y pnpm@12 check'] },
  {
    command: pnpm('check && npx -y pnpm@12 test'),
    suite: '.ci/run',
    words: ['@12 check', '@12 test'],
  },
  { command: pnpm('fix'), suite: FORK, words: ["pnpm('fix')"] },
  { command: pnpm('build'), suite: '.ci/run', words: ['@12 build\n'] },
  {
    command: pnpm('changeset(?: add --empty)?'),
    suite: FORK,
    words: ["pnpm('changeset', 'add', '--empty')"],
  },
  { command: pnpm('release'), suite: FORK, words: ["pnpm('release')"] },
  { command: pnpm('contract:check'), suite: 'package.json', words: ['pnpm run contract:check'] },
  { command: pnpm('tokens:check'), suite: 'package.json', words: ['pnpm run tokens:check'] },
  {
    command: pnpm('contract:check --update'),
    suite: FORK,
    words: ["'contract:check', '--update'"],
  },
  { command: pnpm('tokens:check --update'), suite: FORK, words: ["'tokens:check', '--update'"] },
  { command: pnpm('measure'), suite: '.ci/run', words: ['@12 measure\n'] },
  { command: pnpm('adopt'), suite: '.ci/run', words: ['npx -y pnpm@12 adopt\n'] },
  { command: pnpm('synth [a-z]+'), suite: DEPLOY, words: ["cdktf('synth', 'trial')"] },
  { command: pnpm('(?:cdktf )?diff .+'), suite: DEPLOY, words: ["cdktf('diff')"] },
  { command: pnpm('run diff'), suite: DEPLOY, words: ["cdktf('diff')"] },
  {
    command: pnpm("cdktf deploy '[a-z-]+\\*'(?: --auto-approve)?"),
    suite: DEPLOY,
    words: ["cdktfAsPeopleDo('deploy', 'trial-*'", "'--auto-approve'"],
  },
  {
    command: pnpm('cdktf deploy [a-z]+-(?:claims|pool-[a-z]+)'),
    suite: DEPLOY,
    words: ["cdktf('deploy', 'trial-pool-payments'"],
  },
  {
    command: pnpm("(?:cdktf )?destroy 'trial-\\*'"),
    suite: DEPLOY,
    words: ["cdktf('destroy', 'trial-*'"],
  },
  {
    command: pnpm("cdktf destroy 'trial-\\*' --break-tokens storefront"),
    suite: CDKTF,
    words: ["'--break-tokens', 'shop'"],
  },
  { command: pnpm('cdktf --help'), suite: CDKTF, words: ["'--help'"] },
  { command: /^pnpm (?:run )?deploy(?: 'dev-\*')?$/, suite: CDKTF, words: ["'deploy'"] },
  {
    command: /^M2M_RETIRE=dev npx -y pnpm@12 (?:cdktf deploy|destroy) 'dev-\*'$/,
    suite: CDKTF,
    words: ["['deploy', ...all], { retired: 'dev' }", "['destroy', ...all], { retired: 'dev' }"],
  },
  {
    command: /^cd infra\/cdktf\.out\/dev\/stacks\/dev-claims$/,
    suite: 'tests/deploy/deployment.ts',
    words: ["'cdktf.out', environment, 'stacks', stack"],
  },
  { command: /^terraform init -reconfigure$/, suite: STATE, words: ["'init'", "'-reconfigure'"] },
  {
    command: /^terraform state push \.\.\/\.\.\/\.\.\/\.\.\/terraform\.dev-claims\.tfstate$/,
    suite: STATE,
    words: ["'state', 'push', '../../../../terraform.trial-claims.tfstate'"],
  },
  {
    command: /^cd infra\/cdktf\.out\/dev\/stacks\/dev-claims && terraform force-unlock <ID>$/,
    suite: STATE,
    words: ["'force-unlock', '-force'"],
  },
  {
    command: /^m2m attach storefront --env prod$/,
    suite: TWO_STATES,
    words: ["'attach', 'shop', '--yes'"],
  },
  {
    command: /^m2m attach storefront --env prod --print terraform$/,
    suite: TWO_STATES,
    words: ["'attach', 'desk', '--print', 'terraform'"],
  },
  {
    command: /^m2m detach storefront --env prod$/,
    suite: TWO_STATES,
    words: ["'detach', pool, '--yes'"],
  },
  { command: /^m2m watch (?:--env <name>|<pool>)$/, suite: WATCH, words: ["'watch'"] },
  {
    command: /^m2m <command> --help$/,
    suite: 'packages/cli/src/run.test.ts',
    words: ['help of %s'],
  },
  { command: /^m2m completion fish \| source$/, suite: COMPLETION, words: ['fish'] },
  {
    command: /^m2m explain payments b\| --env local$/,
    suite: COMPLETION,
    words: ['explain payments'],
  },
  {
    command: pnpm('start --measured <file>'),
    suite: 'packages/local-cognito/src/config/measured.test.ts',
    words: ['--measured gives the behaviours of the file'],
  },
  {
    command: /^node --import tsx tests\/docs\/write-reference\.ts$/,
    suite: '.ci/run',
    words: ['node --import tsx tests/docs/write-reference.ts'],
  },
  {
    command: /^UPDATE_SCREENSHOTS=1 npx -y pnpm@12 --dir tests test page\/$/,
    suite: 'tests/page/inspector.test.ts',
    words: ["'UPDATE_SCREENSHOTS'"],
  },
  { command: /^npm pack$/, suite: PACKED, words: ["'pack'"] },
  {
    command: /^npm install @cognito-m2m\/[a-z-]+(?: @cognito-m2m\/[a-z-]+)?$/,
    suite: PACKED,
    words: ["'install'"],
  },
];

/** Pages whose commands one suite reads and runs in their order. */
const SUITES_OF_PAGES: { readonly [page: string]: string } = { 'docs/tutorial.md': TUTORIAL };

/** Finds where a command is tried; `undefined` for a command that nobody tries. */
export function placeOf(command: PageCommand): Place | undefined {
  const { page, text, isInBlock } = command;
  if (command.isAwsOnly) return { kind: 'aws-only' };
  if (command.takesMinutes || SCRIPT.test(text)) return { kind: 'script' };
  const suite = SUITES_OF_PAGES[page];
  if (suite !== undefined) {
    return { kind: 'suite', row: { command: /^/, suite, words: [page] } };
  }
  if (!isInBlock && NAME.test(text)) return { kind: 'name' };
  const row = ROWS.find((each) => each.command.test(text));
  if (row !== undefined) return { kind: 'suite', row };
  if (LOCAL_M2M.test(text.replace(/^AWS_PROFILE=\S+ +/, ''))) return { kind: 'local' };
  if (SERVER.test(text)) return { kind: 'server' };
  if (UPGRADE.test(text)) return { kind: 'upgrade' };
  return DEPLOYED.test(text) ? { kind: 'deployed' } : undefined;
}
