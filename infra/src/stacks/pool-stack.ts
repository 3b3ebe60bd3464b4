import { CognitoResourceServer } from '@cdktf/provider-aws/lib/cognito-resource-server/index.js';
import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import {
  type Environment,
  type ExistingPool,
  isTheirs,
  type Pool,
  toSettingsRecord,
} from '@cognito-m2m/environment';
import {
  COGNITO_PRINCIPAL,
  customTokenEndpoint,
  keyAliasName,
  permissionStatementId,
  poolStackName,
  TRIGGER_ALIAS,
  tableName,
  tokenEndpoint,
  triggerName,
  userPoolName,
} from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { ExistingUserPool } from '../constructs/existing-pool.ts';
import { M2mClients } from '../constructs/m2m-clients.ts';
import { addCanary } from '../constructs/pool-canary.ts';
import { addPoolParameters } from '../constructs/pool-parameters.ts';
import { addWatchPermissions } from '../constructs/pool-watch.ts';
import { literalText, toItemJson } from '../terraform-text.ts';
import { EnvironmentStack } from './environment-stack.ts';

/** What the stack is made from. */
interface PoolStackProps {
  readonly environment: Environment;
  readonly pool: Pool;
  /** Clients that Terraform imports. */
  readonly importedClients: readonly string[];
}

/** Puts the ARN of a resource of this account and Region together. */
type ArnOf = (service: string, resource: string) => string;

/** `<env>-pool-<name>`: one user pool with its clients and their baselines, or what is added to an existing one. Deploys without touching another pool. */
export class PoolStack extends EnvironmentStack {
  constructor(scope: Construct, props: PoolStackProps) {
    const { environment, importedClients } = props;
    super(scope, poolStackName(environment.name, props.pool.name), {
      environment,
      tags: { pool: props.pool.name, owner: props.pool.owner },
    });

    const { accountId } = new DataAwsCallerIdentity(this, 'caller');
    const domainPrefix = props.pool.domainPrefix?.replaceAll('{accountId}', accountId);
    const pool = { ...props.pool, domainPrefix };
    const { partition } = new DataAwsPartition(this, 'partition');
    const arnOf: ArnOf = (service, resource) =>
      `arn:${partition}:${service}:${environment.region}:${accountId}:${resource}`;

    const { userPoolId, userPoolArn, servers } =
      pool.existing === undefined
        ? this.addOwnPool({ ...props, pool }, accountId, arnOf)
        : this.addExistingPool(props, pool.existing, accountId, arnOf);
    new DynamodbTableItem(this, 'settings', {
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: toItemJson(toSettingsRecord(pool, userPoolId)),
    });
    addWatchPermissions(this, { environment, pool, userPoolArn, arnOf });
    // Terraform does not accept a map without a client.
    const clients = pool.clients.every(isTheirs)
      ? undefined
      : new M2mClients(this, 'clients', {
          environment,
          pool,
          userPoolId,
          importedClients,
          secretKeyArn: arnOf('kms', keyAliasName(environment.name)),
          dependsOn: servers,
        });
    const secretArnOf = (name: string) => clients?.secretArnOf(name) ?? '';
    addCanary(this, { environment, pool, arnOf, secretArnOf });
  }

  private addOwnPool({ environment, pool }: PoolStackProps, accountId: string, arnOf: ArnOf) {
    const alias = `function:${triggerName(environment.name)}:${TRIGGER_ALIAS}`;
    const triggerArn = arnOf('lambda', alias);
    const created = new UserPool(this, 'pool', { environment, pool, triggerArn });
    const { id: userPoolId, arn: userPoolArn } = created.userPool;
    addInvokePermission(created, { environment, pool, accountId }, userPoolArn);
    addPoolParameters(this, { environment, pool }, addressesOf(created, pool, environment.region));
    return { userPoolId, userPoolArn, servers: addResourceServers(this, pool, userPoolId) };
  }

  private addExistingPool(
    { environment, pool }: PoolStackProps,
    { userPoolId }: ExistingPool,
    accountId: string,
    arnOf: ArnOf,
  ) {
    const userPoolArn = arnOf('cognito-idp', `userpool/${userPoolId}`);
    addInvokePermission(this, { environment, pool, accountId }, userPoolArn);
    new ExistingUserPool(this, 'existing', { environment, pool, userPoolId });
    return { userPoolId, userPoolArn, servers: [] };
  }
}

/** What the pool is made from. */
interface UserPoolProps {
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
class UserPool extends Construct {
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
function addInvokePermission(
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
function addResourceServers(
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
function addressesOf({ userPool, domain }: UserPool, pool: Pool, region: string) {
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
