/** What one fault came to, without timings: those differ from run to run, the bounds don't. */
export interface FaultResult {
  readonly name: string;
  readonly cold: string;
  readonly coldBoundMs: number;
  readonly warm: string;
  readonly warmBoundMs: number;
  /** The codes of the cause that may stand in the log line, or `nothing`. */
  readonly causes: readonly string[];
  /** What the next calls came to, of the client without and of that with an older answer. */
  readonly next: readonly [string, string];
}

const PREFACE = `# Faults of the claims table, and what the trigger does

Written by \`tests/faults/trigger-faults.test.ts\` from its own results: it runs the built bundle in a process of its own,
against a DynamoDB endpoint behind a proxy that makes these faults. The test fails if this page differs from what it saw;
\`M2M_UPDATE_DOCS=1\` writes it again.

A caller reads one plain sentence with the code shown here. The times are the bounds that the test enforces, slow machines
included: Amazon Cognito waits 5,000 ms. "Logged" is the code of the cause in the token's one log line, "next" the next calls
of both clients once the fault is gone.

| fault | nothing in memory | within | an older answer in memory | within | logged by both | next |
| --- | --- | --- | --- | --- | --- | --- |
`;

/** Renders the page. */
export function renderFaultPage(results: readonly FaultResult[]): string {
  const rows = results.map(({ name, cold, coldBoundMs, warm, warmBoundMs, causes, next }) =>
    [
      name,
      cold,
      `${coldBoundMs} ms`,
      warm,
      `${warmBoundMs} ms`,
      renderCauses(causes),
      [...new Set(next)].join(', '),
    ].join(' | '),
  );
  return `${PREFACE}${rows.map((row) => `| ${row} |\n`).join('')}`;
}

function renderCauses(causes: readonly string[]): string {
  return causes.map((cause) => (cause === 'nothing' ? cause : `\`${cause}\``)).join(' or ');
}
