import { randomBytes } from 'node:crypto';
import { CURRENT, graceLabel, PENDING } from '@cognito-m2m/doctor/rotation-names';
import { replaceClientSecret } from '../deployment/stored-secret.ts';
import { CliError } from '../frame/errors.ts';
import type { ClientCredentials } from '../frame/target.ts';
import type { AppClientSecrets } from './app-client-secrets.ts';
import type { ProveSecret } from './prove-secret.ts';
import type { RotationStep, StepKind } from './rotation-view.ts';
import type { LabelMove, StoredVersions } from './stored-versions.ts';

/** What a step works on. */
export interface StepEdges {
  readonly secrets: AppClientSecrets;
  readonly versions: StoredVersions;
  readonly prove: ProveSecret;
  /** Epoch seconds at which a grace period that begins now ends. */
  readonly graceEnd: () => number;
  /** The command that shows where the rotation stands, for errors. */
  readonly statusCommand: string;
}

type StepOf<Kind extends StepKind> = Extract<RotationStep, { readonly kind: Kind }>;

/**
 * Takes one step. Each can be taken again after a crash in its midst.
 *
 * @throws {CliError} `ERR_ROTATION_LOST_RACE` if someone else was faster; the errors of the proof.
 */
export async function applyStep(edges: StepEdges, step: RotationStep): Promise<void> {
  switch (step.kind) {
    case 'stage':
      return stage(edges, step);
    case 'add':
      return add(edges, step);
    case 'promote':
      return promote(edges, step);
    case 'start-grace':
      return move(edges, { label: graceLabel(edges.graceEnd()), to: step.versionId });
    case 'retire':
      await proveCurrent(edges, step.versionId);
      return edges.secrets.remove(step.secretId);
    case 'close':
      return close(edges, step);
  }
}

async function stage(edges: StepEdges, step: StepOf<'stage'>): Promise<void> {
  const { versionId, isStored, pendingOn } = step;
  if (isStored) return move(edges, { label: PENDING, from: pendingOn, to: versionId });
  const { text } = await edges.versions.read();
  const fresh = replaceClientSecret(text, createNewSecret());
  if (!(await edges.versions.stage(versionId, fresh))) throw lostRace(edges);
}

/**
 * Adds the staged secret. Amazon Cognito has no condition for that: if another run has finished the rotation since this
 * step was decided, the secret is one too many, and nobody could tell later which of the two is in use.
 *
 * So it looks before, because a question may have been open for minutes, and after, because another run may be faster still.
 */
async function add(edges: StepEdges, { versionId, replacedId }: StepOf<'add'>): Promise<void> {
  const { clientSecret } = await readSecret(edges, versionId);
  if (!(await hasSecret(edges, replacedId))) throw lostRace(edges);
  const addedId = await edges.secrets.add(clientSecret);
  if (addedId === undefined || (await hasSecret(edges, replacedId))) return;
  await edges.secrets.remove(addedId);
  throw lostRace(edges);
}

async function hasSecret({ secrets }: StepEdges, secretId: string): Promise<boolean> {
  const known = await secrets.list();
  return known.some(({ id }) => id === secretId);
}

async function promote(edges: StepEdges, step: StepOf<'promote'>): Promise<void> {
  const { versionId, currentId, staleLabels } = step;
  await edges.prove(await readSecret(edges, versionId));
  for (const label of staleLabels) await move(edges, { label, from: versionId });
  await move(edges, { label: CURRENT, from: currentId, to: versionId });
}

async function close(edges: StepEdges, { versionId, labels }: StepOf<'close'>): Promise<void> {
  await proveCurrent(edges, versionId);
  for (const label of labels) await move(edges, { label, from: versionId });
}

/** Proves what services read at this moment, which must be the version that the step is about. */
async function proveCurrent(edges: StepEdges, versionId: string): Promise<void> {
  const current = await edges.versions.read();
  if (current.versionId !== versionId) throw lostRace(edges);
  await edges.prove(current.credentials);
}

async function readSecret(edges: StepEdges, versionId: string): Promise<ClientCredentials> {
  return (await edges.versions.read(versionId)).credentials;
}

async function move(edges: StepEdges, change: LabelMove): Promise<void> {
  if (!(await edges.versions.move(change))) throw lostRace(edges);
}

function lostRace({ statusCommand }: StepEdges): CliError {
  const message = 'Another run rotates this secret at the same time and was faster.';
  return new CliError('ERR_ROTATION_LOST_RACE', message, { next: statusCommand });
}

/**
 * Makes a client secret: 256 random bits as 64 hexadecimal digits.
 *
 * Amazon Cognito takes 24 to 64 of `[\w+]`. Only digits mean the same in every encoding: a `+` in a form that a service
 * fills by hand would arrive as a space.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
function createNewSecret(): string {
  return randomBytes(32).toString('hex');
}
