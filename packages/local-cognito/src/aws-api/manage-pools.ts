import { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import { withoutUndefined } from '../model/without-undefined.ts';
import type { UserPool } from '../pools/user-pool.ts';
import { createUserPoolId } from '../state/local-state.ts';
import { definePool, type PoolDefinition } from '../state/pool-definition.ts';
import type { Core } from '../tokens/core.ts';
import { toUserPool } from './describe-pools.ts';
import { defineOperation, requirePool } from './operation.ts';

const poolInput = z.object({ UserPoolId: z.string().min(1) });

/** What a pool may be created and updated with; other members are kept and returned as they are. */
const settings = z.looseObject({
  UserPoolTier: z.enum(['LITE', 'ESSENTIALS', 'PLUS']).optional(),
  UserPoolTags: z.record(z.string(), z.string()).optional(),
  DeletionProtection: z.enum(['ACTIVE', 'INACTIVE']).optional(),
  LambdaConfig: z
    .looseObject({
      PreTokenGenerationConfig: z
        .object({ LambdaArn: z.string().min(1), LambdaVersion: z.string() })
        .optional(),
    })
    .optional(),
});

/** Creates a pool; it has no clients yet. */
const createUserPool = defineOperation(
  settings.extend({ PoolName: z.string().min(1).max(128) }),
  async (core, { PoolName, ...given }) => {
    const userPoolId = createUserPoolId(core.region);
    const pool = definePool({
      key: userPoolId,
      userPoolId,
      name: PoolName,
      clients: [],
      isCreated: true,
      ...toSettings(given),
    });
    await core.change((pools) => [...pools, pool]);
    return { UserPool: toUserPool(core, requirePool(core, userPoolId)) };
  },
);

/**
 * Updates a pool: what is left out gets its default again, as on AWS.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
const updateUserPool = defineOperation(
  settings.extend({ UserPoolId: z.string().min(1), PoolName: z.string().min(1).optional() }),
  async (core, { UserPoolId, PoolName, ...given }) => {
    await changePool(core, UserPoolId, (pool) => {
      const { SchemaAttributes, UsernameConfiguration } = pool.members;
      const { members, ...changed } = toSettings(given);
      const kept = { SchemaAttributes, UsernameConfiguration };
      return {
        ...pool,
        ...changed,
        name: PoolName ?? pool.name,
        members: { ...withoutUndefined(kept), ...members },
      };
    });
    return {};
  },
);

/** Deletes a pool that is not protected and has no domain. */
const deleteUserPool = defineOperation(poolInput, async (core, { UserPoolId }) => {
  const { key, members, domain } = requirePool(core, UserPoolId);
  if (members['DeletionProtection'] === 'ACTIVE') {
    const message = 'The user pool cannot be deleted because deletion protection is activated.';
    throw new AwsError('InvalidParameterException', message);
  }
  if (domain !== undefined) {
    const message =
      'User pool cannot be deleted. It has a domain configured that should be deleted first.';
    throw new AwsError('InvalidParameterException', message);
  }
  await core.change((pools) => pools.filter((pool) => pool.key !== key));
  return {};
});

/** Machine pools have no users, and so no multi-factor authentication. */
const getUserPoolMfaConfig = defineOperation(poolInput, (core, { UserPoolId }) => {
  const { MfaConfiguration } = toUserPool(core, requirePool(core, UserPoolId));
  return { MfaConfiguration };
});

/** Keeps the setting. */
const setUserPoolMfaConfig = defineOperation(
  poolInput.extend({ MfaConfiguration: z.enum(['OFF', 'ON', 'OPTIONAL']).optional() }),
  async (core, { UserPoolId, MfaConfiguration = 'OFF' }) => {
    await changePool(core, UserPoolId, (pool) => ({
      ...pool,
      members: { ...pool.members, MfaConfiguration },
    }));
    return { MfaConfiguration };
  },
);

const domainInput = z.looseObject({
  Domain: z.string().min(1).max(63),
  UserPoolId: z.string().min(1),
});

/** Gives a pool its domain, which no other pool may have. */
const createUserPoolDomain = defineOperation(domainInput, async (core, { Domain, UserPoolId }) => {
  if (core.directory.findByHost(Domain) !== undefined) {
    throw new AwsError('InvalidParameterException', 'Domain already exists.');
  }
  await changePool(core, UserPoolId, (pool) => {
    if (pool.domain === undefined) return { ...pool, domain: Domain };
    throw new AwsError('InvalidParameterException', 'User pool already has a domain configured.');
  });
  return { CloudFrontDomain: `${Domain}.cloudfront.invalid` };
});

/** Describes a domain; one that no pool has is an empty description. */
const describeUserPoolDomain = defineOperation(
  z.object({ Domain: z.string().min(1) }),
  (core, { Domain }) => {
    const pool = core.directory.findByHost(Domain);
    if (pool === undefined) return { DomainDescription: {} };
    return {
      DomainDescription: {
        Domain,
        UserPoolId: pool.userPoolId,
        AWSAccountId: '000000000000',
        S3Bucket: 'local',
        CloudFrontDistribution: `${Domain}.cloudfront.invalid`,
        Version: '1',
        Status: 'ACTIVE',
        CustomDomainConfig: {},
        ManagedLoginVersion: 1,
      },
    };
  },
);

/** Accepts what has no meaning here, such as a certificate or the version of the login pages. */
const updateUserPoolDomain = defineOperation(domainInput, (core, { UserPoolId }) => {
  requirePool(core, UserPoolId);
  return {};
});

/** Takes a pool's domain away. */
const deleteUserPoolDomain = defineOperation(domainInput, async (core, { Domain, UserPoolId }) => {
  await changePool(core, UserPoolId, (pool) => {
    if (pool.domain === Domain) return { ...pool, domain: undefined };
    throw new AwsError('InvalidParameterException', 'No such domain or user pool exists.');
  });
  return {};
});

const arnInput = z.object({ ResourceArn: z.string().min(1) });

/** Adds tags to a pool. */
const tagResource = defineOperation(
  arnInput.extend({ Tags: z.record(z.string(), z.string()) }),
  async (core, { ResourceArn, Tags }) => {
    await changeTags(core, ResourceArn, (tags) => ({ ...tags, ...Tags }));
    return {};
  },
);

/** Removes tags from a pool. */
const untagResource = defineOperation(
  arnInput.extend({ TagKeys: z.array(z.string()) }),
  async (core, { ResourceArn, TagKeys }) => {
    await changeTags(core, ResourceArn, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
    );
    return {};
  },
);

/** Lists the tags of a pool. */
const listTagsForResource = defineOperation(arnInput, (core, { ResourceArn }) => ({
  Tags: requirePoolByArn(core, ResourceArn).members['UserPoolTags'] ?? {},
}));

/**
 * Changes the definition of a pool.
 *
 * @throws {AwsError} `ResourceNotFoundException` for a pool that is not there, or what `change` throws.
 */
export async function changePool(
  core: Core,
  userPoolId: string,
  change: (pool: PoolDefinition) => PoolDefinition,
): Promise<void> {
  const { key } = requirePool(core, userPoolId);
  await core.change((pools) => pools.map((pool) => (pool.key === key ? change(pool) : pool)));
}

async function changeTags(
  core: Core,
  arn: string,
  change: (tags: { readonly [key: string]: string }) => { readonly [key: string]: string },
): Promise<void> {
  const { userPoolId } = requirePoolByArn(core, arn);
  await changePool(core, userPoolId, (pool) => {
    const tags = z.record(z.string(), z.string()).catch({}).parse(pool.members['UserPoolTags']);
    return { ...pool, members: { ...pool.members, UserPoolTags: change(tags) } };
  });
}

function requirePoolByArn(core: Core, arn: string): UserPool {
  return requirePool(core, arn.split('/').at(-1) ?? '');
}

/** Only a version 3 trigger is called for these tokens. */
function toSettings({ UserPoolTier = 'ESSENTIALS', ...members }: z.output<typeof settings>) {
  const version = members.LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion;
  return {
    plan: UserPoolTier,
    trigger: version === 'V3_0' ? undefined : null,
    members: withoutUndefined(members),
  };
}

/** What makes, changes and deletes pools, their domains and tags. */
export const POOL_OPERATIONS = {
  CreateUserPool: createUserPool,
  UpdateUserPool: updateUserPool,
  DeleteUserPool: deleteUserPool,
  GetUserPoolMfaConfig: getUserPoolMfaConfig,
  SetUserPoolMfaConfig: setUserPoolMfaConfig,
  CreateUserPoolDomain: createUserPoolDomain,
  DescribeUserPoolDomain: describeUserPoolDomain,
  UpdateUserPoolDomain: updateUserPoolDomain,
  DeleteUserPoolDomain: deleteUserPoolDomain,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
};
