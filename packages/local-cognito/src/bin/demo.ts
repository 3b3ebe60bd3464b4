import { contract } from '@cognito-m2m/contract';
import { EnvironmentError, loadEnvironment } from '@cognito-m2m/environment';

import { buildTrigger } from '../command/build-trigger.ts';
import { showDemo } from '../command/demo-steps.ts';
import { startDemoUsers } from '../command/demo-users.ts';
import { createStyle, run } from '../command/run.ts';
import { startLocalEnvironment } from '../environment/start-local-environment.ts';

/** `pnpm demo`: asks local Cognito for tokens as an outside client would, and shows what is in them. */
await run(
  async () => {
    const declared = await loadEnvironment('local', { contract });
    await buildTrigger();
    const users = await startDemoUsers(declared);
    const { environment } = users;
    // With the issuer of a real pool, the verifier needs no setting that production does not have.
    const behaviour = { issuerFormat: 'aws' } as const;
    const [plain, customized] = await Promise.all([
      startLocalEnvironment({ environment, behaviour, triggerBundle: null }),
      startLocalEnvironment({ environment, behaviour }),
    ]);
    try {
      await showDemo({
        environment,
        contract,
        plain,
        customized,
        users,
        print: console.log,
        style: createStyle(process.stdout),
      });
    } finally {
      await Promise.all([plain.close(), customized.close(), users.close()]);
    }
  },
  (error) => error instanceof EnvironmentError,
);
