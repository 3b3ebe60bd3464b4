import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { partitionOf } from '../deployed/partition.ts';
import type { PartialEnvironment } from '../environment-schema.ts';
import { presentEntries } from './rule.ts';

/**
 * What AWS accepts as a policy, in bytes, and what each holds without its readers.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const SECRET_POLICY = {
  name: 'the resource policy of the secret',
  maxBytes: 20_480,
  ownBytes: 400,
};
const KEY_POLICY = { name: 'the policy of the key', maxBytes: 32_768, ownBytes: 4_096 };

/** Quotes and a comma around each ARN. */
const SEPARATOR_BYTES = 3;

/** Roles that read a secret: in the environment's partition, each once, and no more than the two policies can hold. */
export function checkReaders({ region, pools }: PartialEnvironment): Fault[] {
  const clients = presentEntries(pools).flatMap(([poolName, pool]) =>
    presentEntries(pool.clients).map(([clientName, { readers = [] }]) => ({
      path: joinPath(
        joinPath(joinPath(joinPath('pools', poolName), 'clients'), clientName),
        'readers',
      ),
      readers,
    })),
  );
  const all = [...new Set(clients.flatMap(({ readers }) => readers))];
  return [
    ...clients.flatMap(({ path, readers }) => [
      ...checkRoles(readers, path, region),
      ...checkSize(readers, path, SECRET_POLICY),
    ]),
    ...checkSize(all, 'pools', KEY_POLICY),
  ];
}

function checkRoles(readers: readonly string[], path: string, region: string | undefined): Fault[] {
  const expected = region === undefined ? undefined : partitionOf(region).name;
  return readers.flatMap((reader, index) => {
    const place = joinPath(path, index);
    if (readers.indexOf(reader) < index) {
      return [{ path: place, problem: 'listed twice', got: reader }];
    }
    const got = reader.split(':')[1] ?? '';
    if (expected === undefined || got === expected) return [];
    return [{ path: place, problem: 'in another partition', got, expected }];
  });
}

function checkSize(
  readers: readonly string[],
  path: string,
  { name, maxBytes, ownBytes }: typeof SECRET_POLICY,
): Fault[] {
  const bytes = readers.reduce((sum, reader) => sum + reader.length + SEPARATOR_BYTES, ownBytes);
  if (bytes <= maxBytes) return [];
  return [
    {
      path,
      problem: `${readers.length} readers are more than ${name} can hold`,
      got: `about ${bytes} bytes`,
      expected: `at most ${maxBytes} bytes`,
    },
  ];
}
