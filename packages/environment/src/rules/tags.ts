import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { OWN_TAG_KEYS } from '../deployed/names.ts';
import type { PartialEnvironment } from '../read-shape.ts';

/** For one resource. @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAGS = 50;

/**
 * A file's tags stand beside ours and never for them, and no two are alike but for their case.
 *
 * AWS IAM, which tags the trigger's role, takes `Team` and `team` for one key.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function checkTags({ tags = {} }: PartialEnvironment): Fault[] {
  const keys = Object.keys(tags);
  const max = MAX_TAGS - OWN_TAG_KEYS.length;
  const tooMany = { path: 'tags', problem: 'too many', got: String(keys.length) };
  return [
    ...(keys.length > max ? [{ ...tooMany, expected: `at most ${max}` }] : []),
    ...keys.flatMap((key, index) => {
      const path = joinPath('tags', key);
      const isAlike = (other: string) => other.toLowerCase() === key.toLowerCase();
      if (OWN_TAG_KEYS.some(isAlike)) {
        return [{ path, problem: 'the deploy sets this tag itself', expected: 'another key' }];
      }
      const twin = keys.slice(0, index).find(isAlike);
      return twin === undefined ? [] : [{ path, problem: `"${twin}" is the same key to AWS IAM` }];
    }),
  ];
}
