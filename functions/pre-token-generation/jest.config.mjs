import { preset } from '../../jest.preset.mjs';

export default {
  ...preset,
  collectCoverage: true,
  coverageProvider: 'v8',
  // `handler.ts` runs only as part of the bundle, and is tested there; the other two are types.
  // `forward-event.ts` keeps numbers exactly where Node.js can, and so has other branches on Node.js 20.
  collectCoverageFrom: [
    'src/**/*.ts',
    '!src/{handler,line-writer,token-trace}.ts',
    '!src/user-trigger/forward-event.ts',
  ],
  coverageReporters: ['text'],
  coverageThreshold: { global: { branches: 100, functions: 100, lines: 100 } },
};
