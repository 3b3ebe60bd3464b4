import { preset } from '../../jest.preset.mjs';

/** The resolver decides over every token: each of its branches is tested. */
const complete = { branches: 100, functions: 100, lines: 100 };

export default {
  ...preset,
  collectCoverage: true,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/{resolve-claims,claim-stack,claim-rules,reserved-names}.ts'],
  coverageReporters: ['text'],
  coverageThreshold: { global: complete },
};
