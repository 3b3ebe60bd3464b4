import type { Fact } from '@cognito-m2m/doctor/watch-facts';
import { describe, expect, test } from '@jest/globals';
import { writeMessage } from './message.ts';

const fact: Fact = {
  check: 'trigger-attached',
  metric: 'TriggerDetached',
  subject: 'pool payments',
  what: 'No pre-token-generation trigger is attached.',
  why: 'Tokens carry no claims.',
  how: 'm2m doctor --fix --env prod attaches it again.',
  state: 'open',
  since: '2026-06-01T12:00:00.000Z',
  fineAt: undefined,
  change: {
    id: 'e1',
    at: '2026-06-01T11:59:50.000Z',
    action: 'UpdateUserPool',
    who: 'arn:aws:iam::1:user/eve',
    from: '203.0.113.7',
    userPoolId: 'pool-1',
    clientId: undefined,
  },
  repairedAt: undefined,
  healedAt: undefined,
  isTold: false,
  isRepairTold: false,
};

describe('a message', () => {
  test('a message says what, who, when, what it does to tokens, and the command that repairs it', () => {
    const { subject, text } = writeMessage('prod', fact);

    expect(subject).toBe('[m2m prod] Tokens without claims, or no tokens: pool payments');
    expect(text).toContain('No pre-token-generation trigger is attached.');
    expect(text).toContain('Tokens carry no claims.');
    expect(text).toContain('arn:aws:iam::1:user/eve');
    expect(text).toContain('UpdateUserPool at 2026-06-01T11:59:50.000Z');
    expect(text).toContain('203.0.113.7');
    expect(text).toContain('m2m doctor --fix --env prod');
  });

  test('a message of a repair names no command to repair it', () => {
    const repaired = {
      ...fact,
      state: 'repaired' as const,
      repairedAt: '2026-06-01T12:05:00.000Z',
    };

    expect(writeMessage('prod', repaired).text).toContain('Repaired:    2026-06-01T12:05:00.000Z');
    expect(writeMessage('prod', repaired).text).not.toContain('--fix');
  });

  test('a message says that the watcher repaired it', () => {
    const healed = { ...fact, state: 'repaired' as const, repairedAt: 'x', healedAt: 'x' };

    expect(writeMessage('prod', healed).text).toContain('by the watcher');
  });

  test('a message has a subject that Amazon SNS takes', () => {
    const { subject } = writeMessage('prod', { ...fact, subject: `client ${'ü\n'.repeat(200)}` });

    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  });
});
