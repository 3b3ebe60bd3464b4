import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { asDeployed } from '../../test/as-deployed.ts';
import { declareEnvironment } from './declare-environment.ts';
import { findAdoption } from './find-adoption.ts';

/** A pool that something else created, with these clients. */
function describeForeignPool(names: readonly string[], defaults = {}) {
  const clients = Object.fromEntries(names.map((_, index) => [`client-${index}`, aClient()]));
  const file = anEnvironment({ pools: { payments: aPool({ clients }) } });
  const deployed = asDeployed(validateEnvironment(contract, file));
  const pools = deployed.pools.map((pool) => ({
    ...pool,
    isDeployed: false,
    listing: undefined,
    clientTexts: new Map(),
    clients: pool.clients.map((client, index) => ({ ...client, ClientName: names[index] ?? '' })),
  }));
  const description = { ...deployed, pools };
  return {
    description,
    declared: declareEnvironment(description, { defaultClaims: defaults }, contract),
  };
}

describe('a pool that something else created', () => {
  test.each([[['worker']], [['billing worker', 'report-viewer', 'stock.sync']], [['a', 'a', 'a']]])(
    'a pool that something else created with the clients %j is imported with every one of them',
    async (names) => {
      const { declared, description } = describeForeignPool(names, { environment: 'test' });

      const [adoption] = (await findAdoption(declared, description)) ?? [];

      const clients = adoption?.imports.filter(({ address }) => address.includes('client["'));
      expect(clients?.map(({ id }) => id.split('/')[1]).sort()).toEqual(
        names.map((_, index) => `id-of-client-${index}`),
      );
      expect(adoption?.blocks.match(/^import \{$/gm)).toHaveLength(adoption?.imports.length ?? 0);
    },
  );

  test('a pool that something else created is imported although a required claim is still missing', async () => {
    const { declared, description } = describeForeignPool(['worker']);

    expect(() => validateEnvironment(contract, declared.value)).toThrow('environment');
    expect(await findAdoption(declared, description)).toHaveLength(1);
  });

  test('a pool that something else created waits for a file that has faults apart from its claims', async () => {
    const { declared, description } = describeForeignPool(['worker']);
    const faulty = { ...declared, value: { ...declared.value, region: 'nowhere' } };

    expect(await findAdoption(faulty, description)).toBeUndefined();
  });
});
