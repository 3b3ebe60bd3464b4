#!/usr/bin/env node
// Plain CommonJS: this has to come before Node.js starts its threads, and whatever loads an ES module starts them.
const { availableParallelism } = require('node:os');

// Signatures are made on these threads. Four of them on two processors take turns instead of working: 8 % fewer tokens.
const THREADS = Math.min(4, Math.max(2, availableParallelism()));
process.env.UV_THREADPOOL_SIZE ??= String(THREADS);

import('../../load-command.mjs').then(({ loadCommand }) =>
  loadCommand(async () => {
    const { register } = await import('tsx/esm/api');
    register();
    await import('../src/bin/start.ts');
  }),
);
