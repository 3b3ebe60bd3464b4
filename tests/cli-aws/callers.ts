import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  type IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { repositoryRoot } from '../support/repository.ts';

/** The roles of docs/permissions.md. */
export type Caller = 'reader' | 'operator' | 'adopter' | 'deployer';

/** The variables with which a program runs as a caller. */
export type CallerVariables = {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
};

/** Whose policy a caller has in addition to its own, as the page says. */
const INCLUDED: { readonly [caller: string]: readonly Caller[] } = {
  operator: ['reader'],
  adopter: ['reader'],
};

/** A policy of the page, with what the page leaves to the reader. */
export async function readPolicy(caller: Caller): Promise<string> {
  const page = await readFile(join(repositoryRoot, 'docs/permissions.md'), 'utf8');
  const heading = `${caller[0]?.toUpperCase()}${caller.slice(1)}`;
  const [, policy] =
    new RegExp(`^## ${heading}\\b[^#]*?^\`\`\`json\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page) ?? [];
  if (policy === undefined) throw new Error(`docs/permissions.md has no policy for ${caller}.`);
  return policy
    .replaceAll('<region>', 'eu-central-1')
    .replaceAll('<account>', '123456789012')
    .replaceAll('<env>', 'trial');
}

/** Creates a user for a role; from then on the local API refuses it what its policies do not allow. */
export async function createCaller(iam: IAMClient, caller: Caller): Promise<CallerVariables> {
  await iam.send(new CreateUserCommand({ UserName: caller }));
  for (const name of [...(INCLUDED[caller] ?? []), caller]) {
    const PolicyDocument = await readPolicy(name);
    const policy = { UserName: caller, PolicyName: name, PolicyDocument };
    await iam.send(new PutUserPolicyCommand(policy));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: caller }));
  return {
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
  };
}

/**
 * The actions of a policy that no operation has needed so far: that the policy is enough does not show that they are.
 *
 * @param endpointUrl - The local API, which notes what it asks of each caller.
 */
export async function findUntriedActions(endpointUrl: string, caller: Caller): Promise<string[]> {
  const response = await fetch(endpointUrl, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/sts/aws4_request',
      'content-type': 'application/x-www-form-urlencoded',
      'x-test-actions-of': caller,
    },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  const asked = (await response.json()) as string[];
  if (asked.length === 0) throw new Error(`The local API has not been asked as ${caller}.`);
  const { Statement }: { Statement: { Action: string | string[] }[] } = JSON.parse(
    await readPolicy(caller),
  );
  const actions = new Set(Statement.flatMap(({ Action }) => Action));
  return [...actions]
    .filter((action) => !asked.some((each) => each === action || isOfService(each, action)))
    .sort();
}

function isOfService(action: string, pattern: string): boolean {
  return pattern.endsWith(':*') && action.startsWith(pattern.slice(0, -1));
}

/** The actions that docs/permissions.md calls not tried. */
export async function readUntriedActions(caller: Caller): Promise<string[]> {
  const page = await readFile(join(repositoryRoot, 'docs/permissions.md'), 'utf8');
  const [, cell] = new RegExp(`^\\| ${caller} +\\|(.*)\\|$`, 'm').exec(page) ?? [];
  if (cell === undefined) throw new Error(`docs/permissions.md has no row for ${caller}.`);
  return [...cell.matchAll(/`([\w-]+:[\w*]+)`/g)].map(([, action = '']) => action).sort();
}
