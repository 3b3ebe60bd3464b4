// The SDK's notice about Node 20 says nothing about the code under test.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// The product is tested with the contract of its fixtures, never with the team's: docs/decisions/0006. Processes that a
// test starts inherit the condition.
const FIXTURES = 'm2m-fixtures';
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --conditions=${FIXTURES}`.trim();

/** Shared by every workspace's `jest.config.mjs`: native ESM, TypeScript through swc, no globals. */
export const preset = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: [FIXTURES, 'node', 'node-addons'] },
  // No test asserts on a timing: this only ends what hangs, on a machine however busy.
  testTimeout: 60_000,
  injectGlobals: false,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
      },
    ],
  },
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/dist-fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/dist-fixtures/', '<rootDir>/cdktf.out/'],
};
