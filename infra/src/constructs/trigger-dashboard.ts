import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { dashboardName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { dashboardBody } from '../monitoring/dashboard-body.ts';

/** What the dashboard is made from. */
export interface TriggerDashboardProps {
  readonly environment: Environment;
}

/** The CloudWatch dashboard of an environment. */
export class TriggerDashboard extends Construct {
  constructor(scope: Construct, id: string, props: TriggerDashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: dashboardName(props.environment.name),
      dashboardBody: dashboardBody(props.environment),
    });
  }
}
