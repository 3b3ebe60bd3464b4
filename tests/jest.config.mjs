import { availableParallelism } from 'node:os';
import { preset } from '../jest.preset.mjs';

/** Most of these tests wait for another process (Terraform, a browser, a server), so two run at once also on two cores. */
const MIN_WORKERS = 2;

export default {
  ...preset,
  maxWorkers: Math.max(MIN_WORKERS, Math.floor(availableParallelism() / 2)),
};
