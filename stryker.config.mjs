/** `pnpm mutate`: changes the resolver in small ways and counts the changes that no test notices. Minutes, so not in CI. */
export default {
  packageManager: 'pnpm',
  testRunner: 'command',
  commandRunner: {
    // The property tests take too long for each of hundreds of mutants; the others must do without their help.
    command:
      'cd packages/claim-schema && node --experimental-vm-modules --disable-warning=ExperimentalWarning ../../node_modules/jest/bin/jest.js --coverage=false --bail src/resolve-claims.test src/resolve-limits src/claim-rules src/reserved-names',
  },
  mutate: ['packages/claim-schema/src/{resolve-claims,claim-stack,claim-rules,reserved-names}.ts'],
  ignorePatterns: ['/infra', '/docs', '**/dist', '/packages/cli', '/packages/local-cognito'],
  // TypeScript 7 has no API for Stryker to rewrite the real one with, and swc needs none.
  tsconfigFile: 'none.json',
  tempDirName: '.stryker-tmp',
  concurrency: 2,
  reporters: ['clear-text'],
  thresholds: { high: 95, low: 90, break: 90 },
};
