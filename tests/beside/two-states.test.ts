import { UpdateUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findUntriedActions, readUntriedActions } from '../cli-aws/callers.ts';
import { createDeployed } from '../deploy/deployed.ts';
import { createOpened } from '../support/opened.ts';
import { requiredTools } from '../support/tools.ts';
import { TRIGGER_NAME } from './aws-gateway.ts';
import { OWN_LAMBDA_CONFIG, type OwnerPool } from './owner-config.ts';
import { tokensAfter } from './tokens-after.ts';
import {
  changePool,
  createTwoStates,
  FIRST_CHOICES,
  type TwoStates,
  userFunctionArn,
} from './two-states-world.ts';

/** Two applies of about 30 and 130 resources take two minutes on two cores. */
const STEP_TIMEOUT_MS = 480_000;
const TRIGGER_ARN = `arn:aws:lambda:eu-central-1:123456789012:function:${TRIGGER_NAME}:live`;

/** Tokens of a user before any function changes them. */
const TOKENS = { id: { email: 'ann@example.com' }, access: { scope: ['openid'] } };

const tools = await requiredTools();

// The steps of one life, in order: each begins where the one before it ended.
(tools === undefined ? describe.skip : describe)('three pools of another owner', () => {
  const opened = createOpened();
  let world: TwoStates;

  beforeAll(async () => {
    if (tools !== undefined) world = await createTwoStates(tools, opened);
  }, STEP_TIMEOUT_MS);

  afterAll(() => opened.close(), STEP_TIMEOUT_MS);

  const step = (name: string, run: () => Promise<void>) => test(name, run, STEP_TIMEOUT_MS);

  /** Runs a command with `--json`. */
  async function m2m(...argv: string[]) {
    const { exitCode, stdout, stderr } = await world.m2m(...argv, '--json');
    return { exitCode, stderr, ...JSON.parse(stdout || '{}') };
  }

  async function attachedTo(pool: OwnerPool) {
    return (await world.describe(pool)).pool.LambdaConfig;
  }

  /** The owner's code, with the printed lines in place of the pool's own. */
  const withDeskLines = () => ({ ...OWN_LAMBDA_CONFIG, desk: `\n${deskLines}` });

  const claimsOf = (pool: OwnerPool, client: string) =>
    world.cognito.requestClaims(world.pools[pool], world.clientIds.get(`${pool}/${client}`) ?? '');

  step('the pools stay as they are with our deploy, and both plans are empty', async () => {
    const { pool, clients } = await world.describe('shop');
    const { 'stock-sync': added, ...theirs } = clients;

    expect({ pool, clients: theirs }).toEqual(world.before.shop);
    expect(added).toMatchObject({ AllowedOAuthFlows: ['client_credentials'] });
    expect(await world.describe('crm')).toEqual(world.before.crm);
    expect(await world.ours.plan('trial-pool-shop')).toEqual([]);
    expect(await world.owner.plan()).toEqual([]);
    expect(await claimsOf('shop', 'billing')).toEqual({});
  });

  step('the deploy writes the issuer that the owner has set, in either form', async () => {
    const { aws, ours, pools } = world;
    const original = `https://cognito-idp.eu-central-1.amazonaws.com/${pools.shop}`;
    const deployed = async () => {
      const printed = await ours.cdktf('deploy', 'trial-pool-shop', '--auto-approve', '--no-color');
      expect(printed).toContain('Plan: 0 to add, 1 to change, 0 to destroy.');
      return createDeployed(aws).readParameters('/m2m/trial/shop');
    };

    aws.discovery.updated.add(pools.shop);
    const updated = await deployed();
    aws.discovery.updated.clear();
    const again = await deployed();

    expect(updated).toMatchObject({
      '/m2m/trial/shop/issuer': original.replace('https://', 'https://issuer-'),
    });
    expect(again).toMatchObject({ '/m2m/trial/shop/issuer': original });
  });

  describe('what attach refuses, and leaves unchanged', () => {
    const LITE = { UserPoolTier: 'LITE' } as const;
    const refused = async (...argv: string[]) => {
      const before = await world.describe('shop');
      const { exitCode, error } = await m2m('attach', 'shop', '--yes', ...argv);
      expect(await world.describe('shop')).toEqual(before);
      expect(exitCode).toBe(1);
      return error;
    };

    const planned = async () => (await m2m('plan', 'shop')).pools[0];

    step('a pool on a plan that does not call the trigger is refused', async () => {
      await changePool(world.api, world.pools.shop, LITE);

      const { code, message } = await refused();
      const { problems } = await planned();

      await changePool(world.api, world.pools.shop, { UserPoolTier: 'ESSENTIALS' });
      expect(code).toBe('ERR_ATTACH_NOT_READY');
      expect(message).toContain('LITE');
      expect(problems).toEqual([expect.objectContaining({ subject: world.pools.shop })]);
    });

    step('a pool with a declared client that is not for machines is refused', async () => {
      const { UserPoolId, ClientId, ...settings } = world.before.shop.clients['reports'] ?? {};
      const client = { UserPoolId, ClientId };
      const update = (changes: object) =>
        world.api.send(new UpdateUserPoolClientCommand({ ...client, ...changes }));
      await update({ ...settings, AllowedOAuthFlows: ['code'] });

      const { code, message } = await refused();
      const { problems } = await planned();

      await update(settings);
      expect(code).toBe('ERR_ATTACH_NOT_READY');
      expect(message).toContain('reports');
      expect(problems).toEqual([expect.objectContaining({ subject: 'reports' })]);
    });

    step('a pool with an attached function that the file does not name is refused', async () => {
      const other = `${userFunctionArn('shop')}-of-somebody-else`;
      const { LambdaConfig } = world.before.shop.pool;
      await changePool(world.api, world.pools.shop, {
        LambdaConfig: {
          ...LambdaConfig,
          PreTokenGenerationConfig: { LambdaArn: other, LambdaVersion: 'V2_0' },
        },
      });

      const { message } = await refused();

      await changePool(world.api, world.pools.shop, { LambdaConfig });
      expect(message).toContain(other);
      expect(message).toContain('--replace');
    });
  });

  step('attach changes nothing else, and proves a token', async () => {
    const answer = await world.takingTokens('shop', () => m2m('attach', 'shop', '--yes'));

    expect(answer).toMatchObject({
      exitCode: 0,
      outcome: 'attached',
      before: { functionArn: userFunctionArn('shop'), version: 'V2_0' },
      trigger: TRIGGER_ARN,
      switchedOff: null,
      token: { result: 'same', client: 'billing' },
    });
    const { pool } = await world.describe('shop');
    expect(pool).toEqual({
      ...world.before.shop.pool,
      LambdaConfig: {
        ...world.before.shop.pool.LambdaConfig,
        PreTokenGenerationConfig: { LambdaArn: TRIGGER_ARN, LambdaVersion: 'V3_0' },
      },
    });
  });

  step('clients that we declare get tokens with claims, and no other', async () => {
    const claims = await Promise.all(
      ['billing', 'reports', 'stock'].map((client) => claimsOf('shop', client)),
    );

    expect(claims).toEqual([
      { environment: 'trial', 'custom:organization_id': '2' },
      { environment: 'trial', 'custom:organization_id': '3' },
      {},
    ]);
  });

  step('users get the tokens that they got before, byte for byte', async () => {
    const signedIn = await world.cognito.signIn(world.pools.shop);

    expect(signedIn).toContain('gold');
    expect(signedIn).toBe(world.signedInBefore.shop);
  });

  let deskLines = '';

  step('attach --print changes nothing, and says what a version three function loses', async () => {
    const { stdout, stderr, exitCode } = await world.m2m('attach', 'desk', '--print', 'terraform');
    deskLines = stdout;

    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(TRIGGER_ARN),
    });
    expect(stderr).toContain('It will no longer receive their events');
    expect(await world.describe('desk')).toEqual(world.before.desk);
  });

  step(
    'the owner adds, renames and deletes clients, and applies those lines: both plans stay empty',
    async () => {
      const machines = { billing: 'invoices', reports: 'reports', audit: 'audit' };
      await world.owner.apply({ lambdaConfig: withDeskLines(), machines });

      expect(await world.owner.plan()).toEqual([]);
      expect(await world.ours.plan('trial-pool-shop')).toEqual([]);
      expect(await attachedTo('shop')).toMatchObject({
        PreTokenGenerationConfig: { LambdaArn: TRIGGER_ARN },
      });
      expect(await claimsOf('shop', 'billing')).toMatchObject({ 'custom:organization_id': '2' });
      expect(await m2m('doctor', 'shop')).toMatchObject({ findings: [] });
    },
  );

  step(
    'the lines in the code of the owner attach the trigger for machines and for users',
    async () => {
      const { LambdaConfig: _, ...settings } = (await world.describe('desk')).pool;
      const { LambdaConfig, ...settingsBefore } = world.before.desk.pool;
      const signedIn = await world.cognito.signIn(world.pools.desk);

      expect(settings).toEqual(settingsBefore);
      expect(LambdaConfig).not.toEqual(await attachedTo('desk'));
      expect(await attachedTo('desk')).toEqual({
        PreTokenGeneration: TRIGGER_ARN,
        PreTokenGenerationConfig: { LambdaArn: TRIGGER_ARN, LambdaVersion: 'V3_0' },
      });
      expect(await claimsOf('desk', 'worker')).toMatchObject({ 'custom:organization_id': '4' });
      expect(signedIn).toContain('gold');
      expect(signedIn).toBe(world.signedInBefore.desk);
      expect(await m2m('doctor', 'desk')).toMatchObject({ findings: [] });
      expect(await m2m('attach', 'desk', '--yes')).toMatchObject({ outcome: 'already-attached' });
    },
  );

  step(
    'detach refuses what the code of the owner attached, and says what its next deploy does',
    async () => {
      const { error } = await m2m('detach', 'desk', '--yes');

      expect(error).toMatchObject({
        code: 'ERR_DETACH_UNKNOWN',
        message: expect.stringContaining('its next deploy would attach the trigger again'),
      });
      expect(await attachedTo('desk')).toMatchObject({ PreTokenGeneration: TRIGGER_ARN });
    },
  );

  step('the owner deletes a client that we declare: doctor names it', async () => {
    const machines = { billing: 'invoices', audit: 'audit' };
    await world.owner.apply({ lambdaConfig: withDeskLines(), machines });

    const { findings } = await m2m('doctor', 'shop');

    expect(findings).toEqual([
      expect.objectContaining({ check: 'client-deployed', severity: 'error' }),
      expect.objectContaining({ check: 'orphan-records', severity: 'warning' }),
    ]);
    expect(await m2m('plan', 'shop')).toMatchObject({
      exitCode: 2,
      pools: [{ missingClients: [{ client: 'reports' }] }],
    });
  });

  step('users get the same tokens from a version one function', async () => {
    const attached = await m2m('attach', 'crm', '--yes');
    const signedIn = await world.cognito.signIn(world.pools.crm);

    expect(attached).toMatchObject({ exitCode: 0, outcome: 'attached' });
    expect(tokensAfter('V3_0', JSON.parse(signedIn ?? ''), TOKENS)).toEqual(
      tokensAfter('V1_0', JSON.parse(world.signedInBefore.crm ?? ''), TOKENS),
    );
    expect(await claimsOf('crm', 'worker')).toMatchObject({ 'custom:organization_id': '1' });
  });

  step('the owner takes the lines out again: the pool is as it was before we came', async () => {
    expect(await world.owner.plan()).toContain('aws_cognito_user_pool.crm');
    await world.owner.apply(FIRST_CHOICES);

    // Terraform names a function that it attaches in the older setting, too: so it does with every other change of it.
    const PreTokenGeneration = userFunctionArn('desk');
    const { pool, clients } = world.before.desk;
    const LambdaConfig = { ...pool.LambdaConfig, PreTokenGeneration };
    expect(await world.describe('desk')).toEqual({ pool: { ...pool, LambdaConfig }, clients });
    expect(await world.owner.plan()).toEqual([]);
    expect(await world.cognito.signIn(world.pools.desk)).toBe(world.signedInBefore.desk);
    expect((await m2m('doctor', 'desk')).findings).toEqual([
      expect.objectContaining({ check: 'trigger-attached', severity: 'warning' }),
    ]);
  });

  step(
    'that deploy took off the trigger of a pool whose code names its own function: doctor finds and heals it',
    async () => {
      const found = await m2m('doctor', 'crm');
      const fixed = await m2m('doctor', 'crm', '--fix', '--yes');

      expect(found.findings).toEqual([
        expect.objectContaining({ check: 'trigger-attached', isFixable: true }),
      ]);
      expect(fixed).toMatchObject({ findings: [], exitCode: 0 });
      expect(await attachedTo('crm')).toMatchObject({
        PreTokenGenerationConfig: { LambdaArn: TRIGGER_ARN, LambdaVersion: 'V3_0' },
      });
    },
  );

  step('destroy is refused while a pool calls the trigger, and leaves everything', async () => {
    const destroy = world.ours.cdktf('destroy', 'trial-*', '--auto-approve');

    await expect(destroy).rejects.toMatchObject({
      stderr: expect.stringMatching(
        new RegExp(
          `${world.pools.crm}: m2m detach crm --env trial[^]*${world.pools.shop}: m2m detach shop`,
        ),
      ),
    });
    expect(await claimsOf('crm', 'worker')).toMatchObject({ 'custom:organization_id': '1' });
  });

  step(
    'the claims stack is left alone while a pool that left the file calls the trigger',
    async () => {
      await world.declare(() => ({ crm: undefined }));

      const deploy = world.ours.cdktf('deploy', 'trial-*', '--auto-approve');

      await expect(deploy).rejects.toMatchObject({
        stderr: expect.stringContaining(
          `- ${world.pools.crm}: declare pool "crm" again, m2m detach crm --env trial`,
        ),
      });
      await world.declare(() => ({}));
      expect(await claimsOf('crm', 'worker')).toMatchObject({ 'custom:organization_id': '1' });
    },
  );

  step('detach leaves the pools as they were before we came', async () => {
    for (const pool of ['shop', 'crm'] as const) {
      expect(await m2m('detach', pool, '--yes')).toMatchObject({
        exitCode: 0,
        outcome: 'detached',
        notes: [expect.stringContaining('its next deploy attaches the trigger again')],
      });
      expect((await world.describe(pool)).pool).toEqual(world.before[pool].pool);
      expect(await world.cognito.signIn(world.pools[pool])).toBe(world.signedInBefore[pool]);
    }
  });

  /** How often each operation was called; a list of app clients has more pages the more there are. */
  function countCalls(calls: readonly string[]) {
    const counts = new Map<string, number>();
    for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
    const { ListUserPoolClients: pages = 0, ...others } = Object.fromEntries(counts);
    return { pages, others };
  }

  step('plan and doctor read the 40 declared clients, and no other of a thousand', async () => {
    const look = async () => {
      world.aws.takeCalls();
      await m2m('plan', 'crm');
      await m2m('doctor', 'crm');
      return countCalls(world.aws.takeCalls());
    };
    const few = await look();
    await world.addClients('crm', 960);

    const many = await look();

    expect(many.others).toEqual(few.others);
    expect(few.others['DescribeUserPoolClient']).toBeGreaterThanOrEqual(40);
    // Two looks at a list of 60 a page.
    expect(many.pages - few.pages).toBeLessThanOrEqual(2 * 16);
  });

  step(
    'a client of another pool is refused by plan, attach and the deploy, before anything is changed',
    async () => {
      const before = await world.describe('shop');
      const clientId = world.clientIds.get('crm/web') ?? '';
      const stranger = { clientId, description: 'Of crm', claims: { environment: 'trial' } };
      await world.declare(({ shop }) => ({
        shop: { ...shop, clients: { ...shop.clients, stranger } },
      }));

      const planned = await m2m('plan', 'shop');
      const attached = await m2m('attach', 'shop', '--yes');
      const deployed = world.ours.cdktf('deploy', 'trial-pool-shop', '--auto-approve');

      await expect(deployed).rejects.toThrow('App client stranger');
      expect(planned.pools[0].missingClients).toContainEqual({ client: 'stranger', clientId });
      expect(attached.error).toMatchObject({ code: 'ERR_ATTACH_NOT_READY' });
      expect(attached.error.message).toContain(`has no app client ${clientId}`);
      expect(await world.describe('shop')).toEqual(before);
      const parameters = await createDeployed(world.aws).readParameters('/m2m/trial/shop');
      expect(Object.values(parameters)).not.toContain(clientId);
      await world.declare(() => ({}));
    },
  );

  step(
    'every right of the adopter was needed, apart from those that the page calls not tried',
    async () => {
      const untried = await findUntriedActions(world.aws.endpointUrl, 'adopter');

      expect(untried).toEqual(await readUntriedActions('adopter'));
    },
  );

  step('destroy leaves the pool and its clients as they were before we came', async () => {
    const { clients, pool } = await world.describe('shop');
    const { 'stock-sync': ours, ...theirs } = clients;

    await world.ours.cdktf('destroy', 'trial-pool-shop', 'trial-pool-crm', '--auto-approve');

    expect(ours).toBeDefined();
    expect(pool).toEqual(world.before.shop.pool);
    expect(await world.describe('shop')).toEqual({ pool, clients: theirs });
    expect(await createDeployed(world.aws).readParameters('/m2m/trial/shop')).toEqual({});
    expect(await world.owner.plan()).toEqual([]);
  });

  step('the first deploy to a pool of a thousand costs what that to the 40 cost', async () => {
    world.aws.takeCalls();
    await world.ours.cdktf('deploy', 'trial-pool-crm', '--auto-approve');

    const calls = world.aws.takeCalls();

    const many = countCalls(calls);
    const few = countCalls(world.crmDeploy);
    expect(many.others).toEqual(few.others);
    expect(many.others).toMatchObject({ PutItem: 41 });
    expect(calls).not.toContain('DescribeUserPoolClient');
    // The plan reads the list once, 60 a page; the apply no more.
    expect([few.pages, many.pages]).toEqual([1, 17]);
    expect(calls.slice(calls.indexOf('PutItem'))).not.toContain('ListUserPoolClients');
  });
});
