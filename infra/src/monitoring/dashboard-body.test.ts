import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { dashboardBody } from './dashboard-body.ts';

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly metrics?: readonly [string, string, ...unknown[]][] };
}

describe('dashboardBody', () => {
  const environment = validateEnvironment(contract, anEnvironment());
  const { widgets }: { widgets: Widget[] } = JSON.parse(dashboardBody(environment));

  test('dashboardBody shows every metric of the trigger', () => {
    const names = widgets.flatMap(({ properties }) =>
      (properties.metrics ?? [])
        .filter(([namespace]) => namespace === 'CognitoM2mClaims')
        .map(([, name]) => name),
    );

    expect([...new Set(names)].sort()).toEqual([
      'ClaimsBytes',
      'ReservedDropped',
      'StaleServed',
      'StoreErrors',
      'StoreLatency',
      'TokensDenied',
      'TokensIssued',
    ]);
  });

  test('dashboardBody fits the 24 columns, no widget over another', () => {
    const places = new Set(widgets.map(({ x, y }) => `${x},${y}`));

    expect(places.size).toBe(widgets.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  });

  test("dashboardBody shows the functions for users' tokens only where there are some", () => {
    const userTrigger = {
      functionArn: 'arn:aws:lambda:eu-central-1:111111111111:function:user-claims',
      eventVersion: 'V2_0' as const,
    };
    const existing = { userPoolId: 'eu-central-1_AbC123XyZ' };
    const store = { existing, userTrigger, clients: {} };
    const withUsers = validateEnvironment(contract, anEnvironment({ pools: { store } }));

    expect(dashboardBody(withUsers)).toContain('UserTriggerMs');
    expect(dashboardBody(environment)).not.toContain('UserTriggerMs');
  });
});
