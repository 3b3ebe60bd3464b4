import { preset } from '../../jest.preset.mjs';

// These tests are about the team's contract.
export default { ...preset, testEnvironmentOptions: {} };
