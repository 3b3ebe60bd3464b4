import { availableParallelism } from 'node:os';
import { preset } from '../jest.preset.mjs';

/** Most of these tests wait for another process (Terraform, a browser, a server) half of the time: three occupy two cores. */
const MIN_WORKERS = 3;

export default {
  ...preset,
  maxWorkers: Math.max(MIN_WORKERS, Math.floor(availableParallelism() / 2)),
  testSequencer: '<rootDir>/longest-first.mjs',
};
