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
  const certificates = presentEntries(pools).map(
    ([name, { customDomain }]) =>
      [joinPath(joinPath('pools', name), 'customDomain'), customDomain?.certificateArn] as const,
  );
  return [
    ...named.flatMap(([path, arn]) => checkRegion(path, arn, region)),
    // Amazon CloudFront serves the domain, and takes its certificates from here.
    ...certificates.flatMap(([path, arn]) =>
      checkRegion(joinPath(path, 'certificateArn'), arn, 'us-east-1'),
    ),
  ];
}

function checkRegion(path: string, arn: string | undefined, region: string | undefined): Fault[] {
  const got = arn?.split(':')[3];
  if (region === undefined || got === undefined || got === region) return [];
  return [{ path, problem: 'in another Region', got, expected: region }];
}
