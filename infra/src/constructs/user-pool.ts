import { CognitoResourceServer } from '@cdktf/provider-aws/lib/cognito-resource-server/index.js';
import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import type { Environment, Pool } from '@cognito-m2m/environment';
import {
  COGNITO_PRINCIPAL,
  permissionStatementId,
  poolParameterNames,
  TRIGGER_ALIAS,
  tableName,
  tokenEndpoint,
  triggerName,
  userPoolName,
} from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { literalText } from '../terraform-text.ts';

/** What the pool is made from. */
export interface UserPoolProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly accountId: string;
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

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    const { environment, pool, accountId, triggerArn } = props;
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
    new CognitoUserPoolDomain(this, 'domain', {
      domain: pool.domainPrefix,
      userPoolId: this.userPool.id,
      // Another prefix would be another token endpoint, and the old one free for anybody to take.
      lifecycle: { preventDestroy: !environment.isDisposable },
    });
    new LambdaPermission(this, 'permission', {
      statementId: permissionStatementId(pool.name),
      functionName: triggerName(environment.name),
      qualifier: TRIGGER_ALIAS,
      action: 'lambda:InvokeFunction',
      principal: COGNITO_PRINCIPAL,
      sourceArn: this.userPool.arn,
      sourceAccount: accountId,
    });
    if (pool.webAclArn !== undefined) {
      new Wafv2WebAclAssociation(this, 'firewall', {
        resourceArn: this.userPool.arn,
        webAclArn: pool.webAclArn,
      });
    }
  }
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

/** What the command line and services need to find a deployed pool; nothing in it is secret. */
export function addPoolParameters(
  scope: Construct,
  { environment, pool }: { readonly environment: Environment; readonly pool: Pool },
  userPool: CognitoUserPool,
): void {
  const parameters = new Construct(scope, 'parameters');
  const names = poolParameterNames(environment.name, pool.name);
  // Not secret: a plan may show them.
  const add = (id: string, name: string, insecureValue: string) =>
    new SsmParameter(parameters, id, { name, type: 'String', insecureValue });
  const userPoolId = add('user-pool-id', names.userPoolId, userPool.id);
  // Amazon Cognito keeps no description of a pool.
  if (pool.description !== '') userPoolId.description = literalText(pool.description);
  // The provider knows the form of the issuer; we never compute it.
  add('issuer', names.issuer, `https://${userPool.endpoint}`);
  const { domainPrefix } = pool;
  add('token-endpoint', names.tokenEndpoint, tokenEndpoint(domainPrefix, environment.region));
  add('table-name', names.tableName, tableName(environment.name));
}
