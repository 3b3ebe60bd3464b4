/** The staging labels that AWS Secrets Manager and its users know. */
export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';

const GRACE_LABEL = /^m2m-retire-after-(\d{1,12})$/;

/** The label that says until when the replaced secret stays good. @param endsAt - Epoch seconds. */
export function graceLabel(endsAt: number): string {
  return `m2m-retire-after-${endsAt}`;
}

/** The labels of a version that say how long the replaced secret stays good. */
export function graceLabels(labels: readonly string[]): string[] {
  return labels.filter((label) => GRACE_LABEL.test(label));
}

/** When the grace period ends, in epoch seconds: the latest that a label says; `undefined` if none does. */
export function readGraceEnd(labels: readonly string[]): number | undefined {
  const ends = labels.flatMap((label) => GRACE_LABEL.exec(label)?.[1] ?? []).map(Number);
  return ends.length === 0 ? undefined : Math.max(...ends);
}
