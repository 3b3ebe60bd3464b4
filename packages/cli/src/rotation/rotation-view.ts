/** One secret of an app client, as Amazon Cognito lists it: never its value. */
export interface AppClientSecret {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
}

/** One version of a client's entry in AWS Secrets Manager, without its value. */
export interface StoredVersion {
  readonly id: string;
  /** Staging labels; none if nothing names the version any more. */
  readonly labels: readonly string[];
}

/** Everything that decides where the rotation of one client stands, as the two services show it. */
export interface RotationView {
  readonly clientId: string;
  /** One or two, oldest first. */
  readonly secrets: readonly AppClientSecret[];
  readonly versions: readonly StoredVersion[];
}

/** One step of a rotation, as a plain value; `applyStep` takes it. */
export type RotationStep =
  /** Keep a new secret in Secrets Manager, labelled AWSPENDING, before Amazon Cognito knows it. */
  | {
      readonly kind: 'stage';
      readonly versionId: string;
      /** True if the version is there and has only lost its label. */
      readonly isStored: boolean;
      /** The version that holds AWSPENDING now. */
      readonly pendingOn: string | undefined;
    }
  /** Give Amazon Cognito the secret of a version, next to the one that it has. */
  | {
      readonly kind: 'add';
      readonly versionId: string;
      /** The secret that the version replaces. */
      readonly replacedId: string;
    }
  /** Prove the secret of a version with a token, then make the version AWSCURRENT. */
  | {
      readonly kind: 'promote';
      readonly versionId: string;
      /** The version that is AWSCURRENT now. */
      readonly currentId: string;
      /** What an earlier promotion left on the version. */
      readonly staleLabels: readonly string[];
    }
  /** Note on the version until when the replaced secret stays good. */
  | { readonly kind: 'start-grace'; readonly versionId: string }
  /** Prove the current secret with a token, then delete the replaced one from Amazon Cognito. */
  | { readonly kind: 'retire'; readonly versionId: string; readonly secretId: string }
  /** Prove the current secret once more, then take the labels of the rotation off. */
  | { readonly kind: 'close'; readonly versionId: string; readonly labels: readonly string[] };

/** The name of a step. */
export type StepKind = RotationStep['kind'];
