import type { BaselineRecord, Claims, OverrideRecord } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import type { CheckLimits } from '../src/deployment-view.ts';
import { runChecks } from '../src/run-checks.ts';
import { aDeploymentView, TEST_NOW_MS, type ViewChanges } from './a-deployment-view.ts';

/** What the checks measure against in tests. */
export const TEST_LIMITS: CheckLimits = {
  now: TEST_NOW_MS / 1000,
  rules: { contract, sizeBudgetBytes: 4096 },
  secretDays: 90,
  expiryDays: 7,
};

/** Runs every check over a deployment that has nothing wrong but for the changes. */
export function checkDeployment(changes: ViewChanges = {}, limits: Partial<CheckLimits> = {}) {
  return runChecks(aDeploymentView(changes), { ...TEST_LIMITS, ...limits });
}

/** The one client with these records. */
export function withRecords(records: {
  baseline?: BaselineRecord;
  override?: OverrideRecord;
}): ViewChanges {
  const client = { clientId: A_CLIENT_ID, ...records };
  return {
    pool: { listing: { found: { clients: new Map([[A_CLIENT_ID, client]]), invalidItems: [] } } },
  };
}

/** The one client with another baseline. */
export function ofBaseline(fields: Partial<BaselineRecord>): ViewChanges {
  return withRecords({ baseline: aBaseline(fields) });
}

/** The one client with an override. */
export function ofOverride(claims: Claims, disabled = false): ViewChanges {
  const override = anOverride({ claims: overrideClaims(claims), disabled });
  return withRecords({ baseline: aBaseline(), override });
}

/** Claims as an override that never expires holds them. */
export function overrideClaims(claims: Claims): OverrideRecord['claims'] {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, { value }]));
}
