/** What the command says of itself. */
export const USAGE = `Usage: npx -y pnpm@12 cdktf <command> <environment or stacks> [options of CDKTF]

  synth <environment>   checks it and writes its configuration: synth dev
  list <environment>    lists its stacks:                       list dev
  diff <stack>          shows what a deploy would change:       diff dev-pool-payments
  deploy <stacks>       deploys an environment or a part of it: deploy 'dev-*'
  destroy <stacks>      destroys what may be destroyed:         destroy 'trial-*'

An environment has one stack <environment>-claims and one <environment>-pool-<name> for each pool: docs/deploy.md.
`;

/** True if someone asks for the usage, whatever else stands there. */
export function asksForUsage(words: readonly string[]): boolean {
  return words.some((word) => ['--help', '-h'].includes(word));
}
