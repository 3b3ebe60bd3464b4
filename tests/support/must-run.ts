/** True where a test that can't run must fail rather than skip: in CI, which has all that the tests need. */
export const mustRun = process.env['M2M_REQUIRE_ALL_TESTS'] === '1' || process.env['CI'] === 'true';
