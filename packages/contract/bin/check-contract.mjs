import { loadCommand } from '../../load-command.mjs';

await loadCommand(async () => {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../src/check-contract.ts');
});
