import { type OptionalReads, readFeaturePlan, runsTrigger } from '@cognito-m2m/doctor';
import { awsClientsOf } from '../deployment/aws-target.ts';
import type { CompletePool } from '../deployment/owners-clients.ts';
import type { CommandContext } from '../frame/command.ts';
import type { PoolProblem } from './plan-json.ts';

/** What the owner of an existing pool would have to change, or whoever wrote its ID. */
export async function findProblems(
  context: CommandContext,
  { pool, notForMachines }: CompletePool,
  former: string | undefined,
  reads: OptionalReads,
): Promise<PoolProblem[]> {
  if (pool.existing === undefined) return [];
  const { userPoolId } = pool.existing;
  const clients = notForMachines.map(({ name, clientId }) => ({
    subject: name,
    what: `App client ${clientId} may not use client_credentials, so it gets no token for machines.`,
    how: "Ask the client's owner for the flow, or remove the client from the file.",
  }));
  const moved = former === undefined ? [] : [movedProblem(context, pool.name, former)];
  return [...moved, ...(await findPlanProblem(context, userPoolId, reads)), ...clients];
}

function movedProblem({ commandLine }: CommandContext, name: string, former: string): PoolProblem {
  return {
    subject: name,
    what: `User pool ${former} is deployed under this name; the file names another one.`,
    how: `If ${former} calls the trigger: ${commandLine(`detach ${name}`)} before the deploy.`,
  };
}

/** A local Cognito has no plan, and gives the pool the ID that the file names. */
async function findPlanProblem(
  { target }: CommandContext,
  userPoolId: string,
  reads: OptionalReads,
): Promise<PoolProblem[]> {
  const clients = awsClientsOf(target);
  if (clients === undefined) return [];
  const plan = await reads.look(
    `plan of user pool ${userPoolId}`,
    readFeaturePlan(clients.cognito, userPoolId),
  );
  if (plan === undefined || (plan.found !== undefined && runsTrigger(plan.found))) return [];
  const subject = userPoolId;
  if (plan.found === undefined) {
    const how = 'Correct existing.userPoolId in the environment file.';
    return [{ subject, what: 'There is no such user pool.', how }];
  }
  return [
    {
      subject,
      what: `The feature plan is ${plan.found}, on which Amazon Cognito never calls the trigger for these tokens.`,
      how: "Ask the pool's owner for ESSENTIALS or PLUS.",
    },
  ];
}
