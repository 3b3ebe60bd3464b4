// A trigger that does what the caller's metadata says: for tests of the server, which must survive any trigger.
const acts = {
  throw: (text) => {
    throw new Error(text);
  },
  hang: () => new Promise(() => {}),
  loop: () => {
    for (;;);
  },
  exit: () => process.exit(1),
  slow: (text, event) =>
    new Promise((resolve) => setTimeout(resolve, Number(text))).then(() => event),
  // The token changes, as JSON.
  change: (text, event) => ({
    ...event,
    response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: JSON.parse(text) } },
  }),
  // The whole answer, as JSON.
  answer: (text) => JSON.parse(text),
  // An answer that JSON does not carry.
  unsayable: (kind) =>
    ({ function: () => {}, symbol: Symbol('answer'), toJSON: { toJSON: () => undefined } })[kind],
  log: (text, event) => {
    console.log(text);
    return event;
  },
  logThenWait: (text, event) => {
    console.log('begun');
    return acts.slow(text, event);
  },
  // How long the call may still take, as an answer.
  remaining: (_text, _event, context) => context.getRemainingTimeInMillis(),
  // The event, as a claim.
  echo: (_text, event) => acts.change(JSON.stringify({ claimsToAddOrOverride: { event } }), event),
  environment: (_text, event) =>
    acts.change(
      JSON.stringify({ claimsToAddOrOverride: { names: Object.keys(process.env) } }),
      event,
    ),
};

export const handler = async (event, context) => {
  const [act, text] = Object.entries(event.request.clientMetadata ?? {})[0] ?? ['echo', ''];
  return acts[act](text, event, context);
};
