import { createHash } from 'node:crypto';

const PREFIX = 'm2m-';

/** How much of a hash tells clients and secrets apart, in hexadecimal digits. Secrets Manager takes ids of 32 to 64 characters. */
const CLIENT_DIGITS = 16;
const SECRET_DIGITS = 40;

/**
 * The id of the version that replaces a secret of Amazon Cognito.
 *
 * The id is the whole memory of a rotation. Of two operators who begin at once, the second finds the id taken; and whoever
 * resumes knows which secret the version replaces, so that no other one is ever deleted.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function versionReplacing(clientId: string, secretId: string): string {
  return `${prefixOf(clientId)}${digest(secretId, SECRET_DIGITS)}`;
}

/** Whose rotation made a version: that of this client, of another one, or none. One of a client that no longer exists does not block. */
export function rotationOf(versionId: string, clientId: string): 'own' | 'other' | undefined {
  if (versionId.startsWith(prefixOf(clientId))) return 'own';
  return versionId.startsWith(PREFIX) ? 'other' : undefined;
}

function prefixOf(clientId: string): string {
  return `${PREFIX}${digest(clientId, CLIENT_DIGITS)}-`;
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** The staging labels that AWS Secrets Manager and its users know. */
export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';

const GRACE_LABEL = /^m2m-retire-after-(\d{1,12})$/;

/** The label that says until when the replaced secret stays good. @param endsAt - Epoch seconds. */
export function graceLabel(endsAt: number): string {
  return `m2m-retire-after-${endsAt}`;
}

/** What the labels of a version say about how long the replaced secret stays good. */
export function readGrace(labels: readonly string[]): {
  /** Those that say it. */
  readonly labels: readonly string[];
  /** Epoch seconds: the latest that a label says; `undefined` if none does. */
  readonly endsAt: number | undefined;
} {
  const ends = labels.flatMap((label) => GRACE_LABEL.exec(label)?.[1] ?? []).map(Number);
  return {
    labels: labels.filter((label) => GRACE_LABEL.test(label)),
    endsAt: ends.length === 0 ? undefined : Math.max(...ends),
  };
}
