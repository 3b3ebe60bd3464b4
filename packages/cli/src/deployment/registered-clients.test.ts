import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awsError, createFakeAws, TRIGGER_CONFIGURATION } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { whyUndeclarable } from '../import/declare-client.ts';
import { list } from '../list/list.ts';
import { plan } from '../plan/plan.ts';
import type { PlanJson } from '../plan/plan-json.ts';
import { rotate } from '../rotation/rotate.ts';

/** What the tests read of `m2m list --json`. */
interface ListJson {
  readonly pools: readonly {
    readonly clients: readonly { readonly kind: string; readonly token: string }[];
  }[];
}

const plain = createStyle({ hasColours: false });

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

/** The commands on AWS, where these app clients registered themselves; `undefined`: the pool never had registration. */
function onAws(ids: readonly string[] | undefined) {
  const context = deployment.context();
  const { target } = createFakeAws(context.target, {
    GetFunctionConfiguration: TRIGGER_CONFIGURATION,
    DescribeUserPool: { UserPool: ids === undefined ? {} : { DcrConfiguration: {} } },
    ListUserPoolClients: ({ ClientType }: { ClientType?: string }) =>
      ClientType === 'DCR'
        ? { UserPoolClients: ids?.map((ClientId) => ({ ClientId, ClientName: `app ${ClientId}` })) }
        : awsError('the list of all clients is not needed'),
  });
  return { ...context, target };
}

const some = (count: number) => Array.from({ length: count }, (_, index) => `dcr${index}`);

describe('m2m list', () => {
  test.each([0, 1, 3])(
    'list shows %i clients that registered themselves, without a token',
    async (count) => {
      const { json, text } = await list(onAws(some(count)), { poolName: undefined });

      const [pool] = (json as ListJson).pools;
      const registered = pool?.clients.filter(({ kind }) => kind === 'registered');
      expect(registered).toMatchObject(
        some(count).map((clientId) => ({ clientId, token: 'ERR_CLIENT_UNKNOWN' })),
      );
      expect(pool?.clients).toHaveLength(count + 1);
      expect(text(plain).match(/app dcr\d \(registered\)/g) ?? []).toHaveLength(count);
    },
  );

  test('list shows its other clients where the pool never had registration', async () => {
    const { json } = await list(onAws(undefined), { poolName: undefined });

    expect((json as ListJson).pools[0]?.clients).toMatchObject([{ kind: 'ours' }]);
  });
});

describe('m2m plan', () => {
  test.each([0, 1, 3])('plan leaves %i registered clients alone, and says so', async (count) => {
    const { json, text, exitCode } = await plan(onAws(some(count)), { poolName: undefined });

    expect((json as PlanJson).pools).toMatchObject([
      {
        registered: some(count).map((clientId) => ({ client: `app ${clientId}`, clientId })),
        clients: [],
      },
    ]);
    expect((json as PlanJson).isSame).toBe(true);
    expect(exitCode).toBe(0);
    expect(/registered themselves; a deploy leaves them as they are/.test(text(plain))).toBe(
      count > 0,
    );
  });
});

describe('m2m rotate', () => {
  const input = {
    poolName: 'payments',
    clientName: 'billing-worker',
    isStatus: false,
    isWaiting: false,
    isForReaders: false,
    isConfirmed: true,
    isGraceSkipped: false,
    graceSeconds: 3600,
    minimumAgeSeconds: 0,
  };

  test('rotate explains why a client that registered itself cannot be rotated', async () => {
    const clientId = deployment.clientId('payments', 'billing-worker');

    await expect(rotate(onAws([clientId]), input)).rejects.toMatchObject({
      code: 'ERR_ROTATION_BLOCKED',
      message: expect.stringMatching(/registered itself, and Amazon Cognito adds no second secret/),
    });
  });

  test.each(['dcr1', 'app dcr1'])(
    'rotate explains it for a registered client that no file declares, by its ID or name: %s',
    async (clientName) => {
      await expect(rotate(onAws(['dcr0', 'dcr1']), { ...input, clientName })).rejects.toMatchObject(
        {
          code: 'ERR_ROTATION_BLOCKED',
          message: expect.stringContaining(
            `Client "${clientName}" cannot be rotated: app client dcr1 registered itself`,
          ),
        },
      );
    },
  );

  test.each([undefined, [], ['dcr0']])(
    'rotate does not know another client of a pool where %j registered themselves',
    async (ids) => {
      const clientName = 'nobody';

      await expect(rotate(onAws(ids), { ...input, clientName })).rejects.toMatchObject({
        code: 'ERR_CLIENT_NOT_FOUND',
      });
    },
  );
});

describe('m2m import', () => {
  const client = {
    ClientId: 'dcr',
    ClientName: 'app',
    hasSecret: true,
    AllowedOAuthFlows: ['client_credentials' as const],
    AllowedOAuthFlowsUserPoolClient: true,
  };

  test('import leaves a client that registered itself out of the file, and says why', () => {
    expect(whyUndeclarable({ ...client, ClientType: 'REGULAR' }, ['orders/read'])).toBeUndefined();
    expect(whyUndeclarable({ ...client, ClientType: 'DCR' }, ['orders/read'])).toMatchObject({
      what: 'The client registered itself.',
    });
  });
});
