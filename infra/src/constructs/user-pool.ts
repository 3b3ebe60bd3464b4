import { CognitoResourceServer } from '@cdktf/provider-aws/lib/cognito-resource-server/index.js';
import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import type { Environment, Pool } from '@cognito-m2m/environment';
import {
  COGNITO_PRINCIPAL,
  customTokenEndpoint,
  permissionStatementId,
  TRIGGER_ALIAS,
  tokenEndpoint,
  triggerName,
  userPoolName,
} from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { literalText } from '../terraform-text.ts';
import type { PoolAddresses } from './pool-parameters.ts';

/** What the pool is made from. */
export interface UserPoolProps {
  readonly environment: Environment;
  readonly pool: Pool;
  /** The trigger's alias; a numbered version would tie the pool to one build. */
  readonly triggerArn: string;
}

/** What Terraform cannot change about a pool: an imported one keeps its own, and is never replaced because of them. */
const IMMUTABLE_SETTINGS = [
  'alias_attributes',
  'name',
  'schema',
  'username_attributes',
  'username_configuration',
];

/** A user pool for machines: no sign-up, the V3_0 trigger, a domain for its token endpoint. */
export class UserPool extends Construct {
  readonly userPool: CognitoUserPool;
  /** The domain of one's own. */
  readonly domain: CognitoUserPoolDomain | undefined;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    const { environment, pool, triggerArn } = props;
    this.userPool = new CognitoUserPool(this, 'pool', {
      name: userPoolName(environment.name, pool.name),
      userPoolTier: pool.plan,
      deletionProtection: environment.isDisposable ? 'INACTIVE' : 'ACTIVE',
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      // Earlier trigger versions are never called for client credentials.
      lambdaConfig: {
        preTokenGenerationConfig: { lambdaArn: triggerArn, lambdaVersion: 'V3_0' },
      },
      lifecycle: { ignoreChanges: IMMUTABLE_SETTINGS, preventDestroy: !environment.isDisposable },
    });
    this.domain = addDomains(this, props, this.userPool.id);
    if (pool.webAclArn !== undefined) {
      new Wafv2WebAclAssociation(this, 'firewall', {
        resourceArn: this.userPool.arn,
        webAclArn: pool.webAclArn,
      });
    }
  }
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html */
function addDomains(
  scope: Construct,
  { environment, pool }: UserPoolProps,
  userPoolId: string,
): CognitoUserPoolDomain | undefined {
  // Another domain would be another token endpoint, and a prefix free for anybody to take.
  const lifecycle = { preventDestroy: !environment.isDisposable };
  if (pool.domainPrefix !== undefined) {
    new CognitoUserPoolDomain(scope, 'domain', {
      domain: pool.domainPrefix,
      userPoolId,
      lifecycle,
    });
  }
  if (pool.customDomain === undefined) return undefined;
  const { name: domain, certificateArn } = pool.customDomain;
  return new CognitoUserPoolDomain(scope, 'custom-domain', {
    domain,
    certificateArn,
    userPoolId,
    lifecycle,
  });
}

/** Lets a pool of this account call the trigger, through its alias. */
export function addInvokePermission(
  scope: Construct,
  {
    environment,
    pool,
    accountId,
  }: Omit<UserPoolProps, 'triggerArn'> & { readonly accountId: string },
  userPoolArn: string,
): void {
  new LambdaPermission(scope, 'permission', {
    statementId: permissionStatementId(pool.name),
    functionName: triggerName(environment.name),
    qualifier: TRIGGER_ALIAS,
    action: 'lambda:InvokeFunction',
    principal: COGNITO_PRINCIPAL,
    sourceArn: userPoolArn,
    sourceAccount: accountId,
  });
}

/** The resource servers of a pool with their scopes; a client cannot be given a scope before its server exists. */
export function addResourceServers(
  scope: Construct,
  pool: Pool,
  userPoolId: string,
): CognitoResourceServer[] {
  const servers = new Construct(scope, 'servers');
  return Object.entries(pool.resourceServers).map(
    ([identifier, server]) =>
      new CognitoResourceServer(servers, toConstructId(identifier), {
        identifier: literalText(identifier),
        name: server.name,
        userPoolId,
        scope: Object.entries(server.scopes).map(([scopeName, description]) => ({
          scopeName: literalText(scopeName),
          scopeDescription: literalText(description),
        })),
      }),
  );
}

/**
 * A construct's ID for an identifier that people chose.
 *
 * Constructs read a slash as two hyphens (`a/b` would be `a--b`) and look IDs up in plain objects, where `constructor` is
 * always present.
 */
function toConstructId(identifier: string): string {
  const encoded = encodeURIComponent(identifier);
  return encoded in {} ? `server-${encoded}` : encoded;
}

/** The addresses of a pool that the deploy creates. */
export function addressesOf(
  { userPool, domain }: UserPool,
  pool: Pool,
  region: string,
): PoolAddresses {
  const { domainPrefix, customDomain } = pool;
  return {
    userPoolId: userPool.id,
    originalIssuer: `https://${userPool.endpoint}`,
    tokenEndpoint:
      customDomain === undefined
        ? domainPrefix && tokenEndpoint(domainPrefix, region)
        : customTokenEndpoint(customDomain.name),
    customDomainTarget: domain?.cloudfrontDistribution,
  };
}
