import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import type { PartialEnvironment } from '../read-shape.ts';
import { presentEntries } from './rule.ts';

/** Everything that an environment refers to by ARN is in its Region; AWS takes no other. */
export function checkRegions(environment: PartialEnvironment): Fault[] {
  const { region, state, alarmTopicArn, pools } = environment;
  const stateKeyArn = state?.type === 's3' ? state.kmsKeyArn : undefined;
  const webAcls = presentEntries(pools).map(
    ([name, { webAclArn }]) => [joinPath(joinPath('pools', name), 'webAclArn'), webAclArn] as const,
  );
  const named = [
    ['state.kmsKeyArn', stateKeyArn],
    ['alarmTopicArn', alarmTopicArn],
    ...webAcls,
  ] as const;
  return named.flatMap(([path, arn]) => {
    const got = arn?.split(':')[3];
    if (region === undefined || got === undefined || got === region) return [];
    return [{ path, problem: 'in another Region', got, expected: region }];
  });
}
