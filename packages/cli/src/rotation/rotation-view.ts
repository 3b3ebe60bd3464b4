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
