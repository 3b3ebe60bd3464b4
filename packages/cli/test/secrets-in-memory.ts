import { CURRENT, PENDING } from '@cognito-m2m/doctor/rotation-names';
import { CliError } from '../src/frame/errors.ts';
import type { RotationView, StoredVersion } from '../src/rotation/rotation-view.ts';
import type { RotationEdges } from '../src/rotation/run-rotation.ts';

/** The only client. */
const CLIENT_ID = 'client';

/** A secret, with the value that no real list shows. */
interface KeptSecret {
  readonly id: string;
  readonly createdAtMs: number;
  readonly value: string;
}

interface KeptVersion {
  readonly id: string;
  readonly value: string;
  labels: string[];
}

/** A process that is killed: nothing runs after it. */
export class Killed extends Error {}

/** When a run dies: around its n-th call of a service. */
export interface Death {
  /** From 0. */
  readonly atCall: number;
  /** True if the service still carries the call out. */
  readonly isAfter: boolean;
}

/** How the edges of one run behave. */
interface RunOptions {
  readonly graceSeconds?: number;
  readonly death?: Death;
  /** Resolves when the next call of this run may be carried out. @default at once */
  readonly turn?: () => Promise<void>;
}

/** Amazon Cognito and AWS Secrets Manager in memory, by their documented rules, with values to look at. */
export class SecretsInMemory {
  nowMs = 1_780_000_000_000;
  secrets: KeptSecret[] = [{ id: 'secret-0', createdAtMs: this.nowMs, value: 'value-0' }];
  versions: KeptVersion[] = [{ id: 'deployed', value: 'value-0', labels: [CURRENT] }];
  /** When a rotation last made a version the current one, in epoch milliseconds. */
  promotedAtMs = 0;
  #made = 0;

  view(): RotationView {
    return {
      clientId: CLIENT_ID,
      secrets: this.secrets.map(({ id, createdAtMs }) => ({ id, createdAtMs })),
      versions: this.versions.map(({ id, labels }): StoredVersion => ({ id, labels: [...labels] })),
    };
  }

  current(): KeptVersion | undefined {
    return this.versions.find(({ labels }) => labels.includes(CURRENT));
  }

  /** True if Amazon Cognito takes what services read now. */
  isServed(): boolean {
    const value = this.current()?.value;
    return this.secrets.some((secret) => secret.value === value);
  }

  /** @returns Its ID; `undefined` if there are two already. */
  addSecret(value: string): string | undefined {
    if (this.secrets.length === 2) return undefined;
    this.#made += 1;
    const id = `secret-${this.#made}`;
    this.secrets.push({ id, createdAtMs: this.nowMs, value });
    return id;
  }

  removeSecret(secretId: string): void {
    if (this.secrets.length > 1) this.secrets = this.secrets.filter(({ id }) => id !== secretId);
  }

  putVersion(id: string, value: string): boolean {
    const known = this.versions.find((version) => version.id === id);
    if (known !== undefined) return known.value === value;
    this.detach(PENDING);
    this.versions.push({ id, value, labels: [PENDING] });
    return true;
  }

  moveLabel(label: string, from: string | undefined, to: string | undefined): boolean {
    const target = this.versions.find(({ id }) => id === to);
    const holder = this.versions.find(({ labels }) => labels.includes(label))?.id;
    if (holder !== from || (to !== undefined && target === undefined)) return false;
    this.detach(label);
    target?.labels.push(label);
    return true;
  }

  detach(label: string): void {
    for (const version of this.versions) {
      version.labels = version.labels.filter((known) => known !== label);
    }
  }

  /** The edges of one run, which may die. */
  edges(options: RunOptions = {}): RotationEdges {
    const { graceSeconds = 3600, death, turn } = options;
    let calls = 0;
    const call = async <T>(act: () => T): Promise<T> => {
      await turn?.();
      const isLast = calls === death?.atCall;
      calls += 1;
      if (isLast && !death?.isAfter) throw new Killed();
      const answer = act();
      if (isLast) throw new Killed();
      return answer;
    };
    return {
      secrets: {
        list: () => call(() => [...this.view().secrets]),
        add: (value) => call(() => this.addSecret(value)),
        remove: (secretId) => call(() => this.removeSecret(secretId)),
      },
      versions: {
        list: () => call(() => [...this.view().versions]),
        read: (versionId) => call(() => this.#read(versionId)),
        stage: (versionId, text) =>
          call(() => this.putVersion(versionId, JSON.parse(text).client_secret)),
        move: ({ label, from, to }) =>
          call(() => {
            if (label === CURRENT) this.promotedAtMs = this.nowMs;
            return this.moveLabel(label, from, to);
          }),
      },
      prove: ({ clientSecret }) => call(() => this.#prove(clientSecret)),
      readView: () => call(() => this.view()),
      graceEnd: () => Math.floor(this.nowMs / 1000) + graceSeconds,
      clock: () => this.nowMs,
      wait: async (milliseconds) => {
        await turn?.();
        this.nowMs += milliseconds;
      },
      confirm: async () => true,
      onStep: () => {},
      hasEveryReader: undefined,
      waitUntil: undefined,
      blockedError: (reason) => new CliError('ERR_ROTATION_BLOCKED', reason),
      statusCommand: 'm2m rotate --status',
    };
  }

  #read(versionId: string | undefined) {
    const found =
      versionId === undefined ? this.current() : this.versions.find(({ id }) => id === versionId);
    if (found === undefined) throw new CliError('ERR_SECRET_NOT_FOUND', 'no such version');
    const credentials = { clientId: CLIENT_ID, clientSecret: found.value };
    const text = JSON.stringify({ client_id: CLIENT_ID, client_secret: found.value });
    return { versionId: found.id, credentials, text };
  }

  #prove(value: string): void {
    if (this.secrets.some((secret) => secret.value === value)) return;
    throw new CliError('ERR_ROTATION_NOT_PROVEN', 'invalid_client');
  }
}
