import { preset } from '../jest.preset.mjs';

const TEAM = '<rootDir>/team/';

export default {
  projects: [
    {
      ...preset,
      displayName: 'product',
      testPathIgnorePatterns: [...preset.testPathIgnorePatterns, TEAM],
    },
    // These tests are about the team's environment files, under the team's contract.
    {
      ...preset,
      displayName: 'team',
      testEnvironmentOptions: {},
      testMatch: [`${TEAM}**/*.test.ts`],
    },
  ],
};
