import type { Fact, FactMetric } from '@cognito-m2m/doctor/watch-facts';

/** A message for the topic of an environment. */
export interface Message {
  /** At most 100 characters of ASCII, the limit of Amazon SNS. */
  readonly subject: string;
  readonly text: string;
}

const HEADLINES: { readonly [metric in FactMetric]: string } = {
  TriggerDetached: 'Tokens without claims, or no tokens',
  UnknownSecret: 'Unknown client secret',
  PoolChanged: 'Changed without a deploy',
};

const MAX_SUBJECT = 100;

/** Writes the message of a fact's beginning, or of its end. */
export function writeMessage(environment: string, fact: Fact): Message {
  const isRepaired = fact.state === 'repaired';
  const headline = `${isRepaired ? 'Repaired: ' : ''}${HEADLINES[fact.metric]}`;
  const subject = `[m2m ${environment}] ${headline}: ${fact.subject}`;
  return {
    subject: subject.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_SUBJECT),
    text: [
      `Environment: ${environment}`,
      `About:       ${fact.subject} (${fact.check})`,
      `What:        ${fact.what}`,
      `Effect:      ${fact.why}`,
      `Seen:        ${fact.since}`,
      ...causeLines(fact),
      ...(isRepaired ? repairLines(fact) : [`Repair:      ${fact.how}`]),
      `Details:     m2m watch --env ${environment}`,
    ].join('\n'),
  };
}

function causeLines({ change }: Fact): string[] {
  if (change === undefined) {
    return ['Who:         not known yet; AWS CloudTrail can report minutes later. See m2m watch.'];
  }
  return [
    `Who:         ${change.who}`,
    `How:         ${change.action} at ${change.at}`,
    `From:        ${change.from}`,
  ];
}

function repairLines({ repairedAt, healedAt }: Fact): string[] {
  const by = healedAt === undefined ? '' : `, by the watcher (heal: ['trigger'])`;
  return [`Repaired:    ${repairedAt}${by}`];
}
