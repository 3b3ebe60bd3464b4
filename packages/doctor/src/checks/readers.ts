import type { Checks, DeploymentView, PoolView, Problem } from '../deployment-view.ts';

/** What may be wrong with who may read the client secrets. */
export const READER_CHECKS = {
  /** Exactly the declared readers may read the secret of a client, by the policy of the secret. */
  'secret-readers': (view) =>
    view.pools.flatMap((pool) =>
      pool.declared.clients.flatMap(({ name, readers }) => {
        const allowed = pool.readers.get(name);
        if (allowed === undefined) return [];
        return [
          ...allowed
            .filter((principal) => !readers.includes(principal))
            .map((principal) => describeStranger(view, pool, name, principal)),
          ...readers
            .filter((reader) => !allowed.includes(reader))
            .map((reader) => describeShutOut(view, pool, name, reader)),
        ];
      }),
    ),

  /** The key lets every declared reader decrypt: another account needs that in addition to the policy of the secret. */
  'key-readers': ({ keyReaders, pools, deployCommand }) => {
    const declared = pools.flatMap((pool) =>
      pool.declared.clients.flatMap(({ readers }) => readers),
    );
    if (keyReaders === undefined) return [];
    return [...new Set(declared)]
      .filter((reader) => !keyReaders.includes(reader))
      .map((reader) => ({
        severity: 'error',
        subject: 'key of the client secrets',
        what: `The policy of the key does not let ${reader} decrypt.`,
        why: 'A reader of another account needs the key in addition to the secret: it cannot read the secret.',
        how: deployCommand,
      }));
  },
} satisfies Checks;

function describeStranger(
  { deployCommand }: DeploymentView,
  { declared }: PoolView,
  client: string,
  principal: string,
): Problem {
  return {
    severity: 'error',
    subject: `client ${declared.name}/${client}`,
    what: `The policy of its secret lets ${principal} read it, and the environment file does not declare that reader.`,
    why: 'Whoever reads the secret can get tokens of this client. An ID that begins with AROA stands for a role that was deleted.',
    how: `Add it to readers, or take it out: ${deployCommand}`,
  };
}

function describeShutOut(
  { deployCommand }: DeploymentView,
  { declared }: PoolView,
  client: string,
  reader: string,
): Problem {
  return {
    severity: 'error',
    subject: `client ${declared.name}/${client}`,
    what: `The policy of its secret does not let ${reader} read it.`,
    why: 'The service that runs as this role cannot get its secret.',
    how: deployCommand,
  };
}
