import {
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { isUnknownOperation, statusOf } from './optional-reads.ts';

/** What the trigger does with the table. */
const READ = 'dynamodb:Query';

/**
 * Finds out whether a role may read a table.
 *
 * AWS judges itself, with every policy and boundary of the role. An API that cannot simulate, such as an emulator, is asked for
 * the role's own policies, which is where a deploy puts the right.
 *
 * @throws {NoSuchEntityException} Of the SDK, if the role does not exist.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function readTableAccess(
  iam: IAMClient,
  roleArn: string,
  tableArn: string,
): Promise<'allowed' | 'denied'> {
  const simulate = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: roleArn,
    ActionNames: [READ],
    ResourceArns: [tableArn],
  });
  try {
    const { EvaluationResults = [] } = await iam.send(simulate);
    const isAllowed = EvaluationResults.some(({ EvalDecision }) => EvalDecision === 'allowed');
    return isAllowed ? 'allowed' : 'denied';
  } catch (error) {
    if (!isUnknownOperation(error) && !isServerFault(error)) throw error;
    return readOwnPolicies(iam, roleArn.split('/').at(-1) ?? '', tableArn);
  }
}

// An emulator may fail instead of saying that it does not know the operation.
function isServerFault(error: unknown): boolean {
  return statusOf(error) >= 500;
}

async function readOwnPolicies(iam: IAMClient, RoleName: string, tableArn: string) {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const statements: Statement[] = [];
  for (const PolicyName of PolicyNames) {
    const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    statements.push(...statementsOf(answer.PolicyDocument));
  }
  const { AttachedPolicies = [] } = await iam.send(
    new ListAttachedRolePoliciesCommand({ RoleName }),
  );
  const matching = statements.filter((statement) => isAbout(statement, tableArn));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  // What an attached policy allows is not read here.
  return AttachedPolicies.length > 0 || matching.length > 0 ? 'allowed' : 'denied';
}

function statementsOf(document: string | undefined): readonly Statement[] {
  // IAM keeps only valid policies, URL-encoded.
  const { Statement = [] }: { Statement?: Statement | readonly Statement[] } = JSON.parse(
    decodeURIComponent(document ?? '%7B%7D'),
  );
  return [Statement].flat();
}

function isAbout({ Action = [], Resource = [] }: Statement, tableArn: string): boolean {
  const actions = [Action].flat();
  const resources = [Resource].flat();
  return (
    actions.some((action) => isMatch(action.toLowerCase(), READ.toLowerCase())) &&
    resources.some((resource) => isMatch(resource, tableArn))
  );
}

// `*` stands for any characters.
function isMatch(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}
