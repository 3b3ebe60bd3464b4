import type { Target } from './target/target.ts';

/** The command that deploys an environment, ready to paste; starting a local Cognito deploys to it. */
export function deployCommand({ kind }: Pick<Target, 'kind'>, environmentName: string): string {
  return kind === 'local'
    ? `npx -y pnpm@12 start --env ${environmentName}`
    : `npx -y pnpm@12 cdktf deploy '${environmentName}-*'`;
}
