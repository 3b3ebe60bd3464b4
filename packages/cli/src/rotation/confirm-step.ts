import type { CommandContext } from '../frame/command.ts';
import { toIsoTimeOfMs } from '../frame/time.ts';
import type { RotationStep, StepKind } from './rotation-view.ts';
import type { OpenStanding } from './run-rotation.ts';

/** What is asked about, once each in a run. */
type Subject = 'begin' | 'retire';

/** Steps that change what services use. The others only note something down. */
const SUBJECTS: { readonly [kind in StepKind]?: Subject } = {
  stage: 'begin',
  add: 'begin',
  promote: 'begin',
  retire: 'retire',
};

interface ConfirmationInput {
  readonly poolName: string;
  readonly clientName: string;
  readonly isConfirmed: boolean;
  readonly isGraceSkipped: boolean;
}

/** Creates what asks before the new secret goes in, and again before the old one goes. */
export function createConfirmation(
  { prompt, environment, target }: CommandContext,
  { poolName, clientName, isConfirmed, isGraceSkipped }: ConfirmationInput,
): (step: RotationStep, standing: OpenStanding) => Promise<boolean> {
  const asked = new Set<Subject>();
  const place = `${poolName} / ${clientName} of ${environment.name} on ${target.label}`;
  return async ({ kind }, standing) => {
    const subject = SUBJECTS[kind];
    if (isConfirmed || subject === undefined || asked.has(subject)) return true;
    asked.add(subject);
    if (subject === 'retire') {
      return prompt.confirm(retireText(standing), `Delete the old secret of ${place}?`);
    }
    const verb = standing.phase === 'idle' ? 'Rotate' : 'Resume rotating';
    return prompt.confirm(beginText(standing, isGraceSkipped), `${verb} the secret of ${place}?`);
  };
}

function beginText({ oldSecret }: OpenStanding, isGraceSkipped: boolean): string {
  const age =
    oldSecret && `The secret created ${toIsoTimeOfMs(oldSecret.createdAtMs)} will be replaced.`;
  const end = isGraceSkipped
    ? 'The old one is deleted immediately.'
    : 'The old one stays valid for the grace period.';
  return [
    ...(age ? [age] : []),
    'Services that read it from Secrets Manager get the new one as soon as a token has proved it.',
    end,
  ].join('\n');
}

function retireText({ oldSecret }: OpenStanding): string {
  const made = oldSecret ? ` of ${toIsoTimeOfMs(oldSecret.createdAtMs)}` : '';
  return `Services that still use the secret${made} will get no token, and the secret cannot be restored.`;
}
