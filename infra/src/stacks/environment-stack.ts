import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { APPLICATION, stateKey } from '@cognito-m2m/environment/names';
import { LocalBackend, S3Backend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { StackConfig } from '../stack-config.ts';

/** From the oldest provider whose pools accept a feature plan and a V3_0 trigger, to the first that is not tested. */
const PROVIDER_VERSIONS = '>= 5.100.0, < 7.0.0';
/** Those that accept a runtime newer than `nodejs22.x`. */
const LATE_PROVIDER_VERSIONS = '>= 6.25.0, < 7.0.0';

/** What every stack of an environment is made from. */
export interface EnvironmentStackProps {
  readonly environment: Environment;
  /** Tags of the stack in addition to the environment's own, such as the owner. */
  readonly tags: { readonly [key: string]: string };
}

/** A stack with the environment's provider, tags and state. */
export abstract class EnvironmentStack extends TerraformStack {
  private rendered: StackConfig | undefined;

  constructor(scope: Construct, id: string, props: EnvironmentStackProps) {
    super(scope, id);
    const { environment, tags } = props;
    addBackend(this, environment, id);
    const provider = new AwsProvider(this, 'aws', {
      region: environment.region,
      defaultTags: [
        {
          // Ours last: no file can tag something as belonging to another environment or owner.
          tags: {
            ...environment.tags,
            application: APPLICATION,
            environment: environment.name,
            ...tags,
          },
        },
      ],
    });
    if (environment.accountId !== undefined) provider.allowedAccountIds = [environment.accountId];
    // The bindings ask for one major version; the same configuration applies cleanly with both.
    this.addOverride(
      'terraform.required_providers.aws.version',
      environment.trigger.runtime === 'nodejs24.x' ? LATE_PROVIDER_VERSIONS : PROVIDER_VERSIONS,
    );
    // The first with native lock files for S3 state.
    this.addOverride('terraform.required_version', '>= 1.10.0');
  }

  /** No stack refers to another, so the pass that looks for such references is left out: a third of the synth's time. */
  override prepareStack(): void {}

  /** Renders once: the guardrails read what the synth then writes. */
  override toTerraform(): StackConfig {
    const rendered: StackConfig = this.rendered ?? super.toTerraform();
    this.rendered = rendered;
    return rendered;
  }
}

function addBackend(stack: TerraformStack, { name, region, state }: Environment, id: string): void {
  if (state.type === 'local') {
    new LocalBackend(stack);
    return;
  }
  new S3Backend(stack, {
    bucket: state.bucket,
    key: stateKey(name, id),
    region,
    encrypt: true,
    kmsKeyId: state.kmsKeyArn,
  });
  // Newer than the bindings. @see https://developer.hashicorp.com/terraform/language/backend/s3#use_lockfile
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}
