import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type Environment, EnvironmentError, validateEnvironment } from '@cognito-m2m/environment';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asDeployed } from '../../test/as-deployed.ts';
import { environmentArbitrary } from '../../test/environment-arbitrary.ts';
import { declareEnvironment } from './declare-environment.ts';

test('an environment that was deployed from a file imports as that file', () => {
  fc.assert(
    fc.property(environmentArbitrary, (input) => {
      const environment = validOrSkipped(input);
      const wishes = { defaultClaims: {} };

      const declared = declareEnvironment(asDeployed(environment), wishes, contract);

      expect(declared.notes).toEqual([]);
      expect(sorted(validateEnvironment(contract, declared.value))).toEqual(sorted(environment));
    }),
    { numRuns: 300 },
  );
});

/** Drops what a file could not say in the first place: a string that happens to look like a secret, too many bytes. */
function validOrSkipped(input: unknown): Environment {
  try {
    return validateEnvironment(contract, input);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    fc.pre(false);
    throw error;
  }
}

/** AWS keeps no order of pools and clients. */
function sorted(environment: Environment): Environment {
  const byName = (first: { name: string }, second: { name: string }) =>
    first.name < second.name ? -1 : 1;
  const pools = environment.pools.map((pool) => ({
    ...pool,
    clients: [...pool.clients].sort(byName),
  }));
  return { ...environment, pools: pools.sort(byName) };
}
