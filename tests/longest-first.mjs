/*
 * The order of the suites: the longest first, so that no worker is left with one of them at the end. Jest knows durations only
 * where it has run before, which in CI is nowhere.
 */
const LONGEST = [
  'beside/two-states',
  'docs/tutorial',
  'deploy/deploy',
  'local-package/clients',
  'cli-aws/m2m-after-deploy',
  'deploy/adoption',
  'pool-watch/pool-watch',
  'probe/deployed-probe',
  'rotate/rotate',
  'cli-aws/readers-and-users',
  'probe/probe',
  'deploy/terraform-state',
  'page/inspector',
  'beside/user-trigger',
  'cli/plan-at-scale',
  'rotate/wait-for-readers',
];

/** A sequencer of Jest. @see https://jestjs.io/docs/configuration#testsequencer-string */
export default class LongestFirst {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return place === -1 ? LONGEST.length : place;
    };
    return [...tests].sort((one, other) => rank(one) - rank(other));
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}
