import { type ImportNote, isFilled, type NoteText, type Place, when } from './import-note.ts';
import type { ClientDescription } from './pool-description.ts';

/** The one sign-in flow that our clients keep; it does nothing without a user's token. */
const HARMLESS_AUTH_FLOW = 'ALLOW_REFRESH_TOKEN_AUTH';
const DEFAULT_REFRESH_DAYS = 30;
const DEFAULT_SESSION_MINUTES = 3;

const DEPLOYED_OTHERWISE = 'Every client is deployed alike in this respect.';
const CHANGED = 'The first deploy changes it.';
const USERS_ONLY = 'It only matters to users, and nobody signs in through a client for machines.';
const KEPT = 'It stays as it is, outside the file.';

/** Names every setting of a client for machines that environment files do not hold. */
export function clientSettingNotes(client: ClientDescription, place: Place): ImportNote[] {
  const notes = [...changedSettings(client), ...keptSettings(client)];
  return notes.map((note) => ({ place, ...note }));
}

/** Settings that our construct fixes: the first deploy changes them. */
function changedSettings(client: ClientDescription): NoteText[] {
  const { ExplicitAuthFlows = [], PreventUserExistenceErrors: errors } = client;
  const { minutes, seconds } = tokenLifetime(client);
  const signIns = ExplicitAuthFlows.filter((flow) => flow !== HARMLESS_AUTH_FLOW);
  return [
    ...when(seconds !== minutes * 60, {
      what: `Access tokens live ${seconds} seconds.`,
      why: 'Environment files count whole minutes, from 5 to 1440.',
      outcome: `The file says ${minutes} minutes, and the first deploy sets that.`,
    }),
    ...when(signIns.length > 0, {
      what: `The client also takes ${signIns.join(', ')}.`,
      why: 'A client for machines offers no other way in.',
      outcome: 'The first deploy takes it away.',
    }),
    ...when(errors !== undefined && errors !== 'ENABLED', {
      what: 'The client tells unknown users apart (PreventUserExistenceErrors).',
      why: DEPLOYED_OTHERWISE,
      outcome: CHANGED,
    }),
    ...when(client.EnableTokenRevocation === false, {
      what: 'Token revocation is off.',
      why: DEPLOYED_OTHERWISE,
      outcome: CHANGED,
    }),
  ];
}

/** Settings that nothing of ours names: Terraform leaves them as they are. */
function keptSettings(client: ClientDescription): NoteText[] {
  const settings: readonly (readonly [string, boolean])[] = [
    ['a refresh-token lifetime', isOther(client.RefreshTokenValidity, DEFAULT_REFRESH_DAYS)],
    ['refresh-token rotation', client.RefreshTokenRotation?.Feature === 'ENABLED'],
    ['an ID-token lifetime', isOther(client.IdTokenValidity, undefined)],
    ['callback URLs', isFilled(client.CallbackURLs)],
    ['logout URLs', isFilled(client.LogoutURLs)],
    ['a default redirect URI', client.DefaultRedirectURI !== undefined],
    ['identity providers', isFilled(client.SupportedIdentityProviders)],
    ['readable attributes', isFilled(client.ReadAttributes)],
    ['writable attributes', isFilled(client.WriteAttributes)],
    ['analytics', client.AnalyticsConfiguration !== undefined],
    ['a sign-in session length', isOther(client.AuthSessionValidity, DEFAULT_SESSION_MINUTES)],
    ['additional user context', client.EnablePropagateAdditionalUserContextData === true],
  ];
  const found = settings.flatMap(([name, isThere]) => (isThere ? [name] : []));
  return when(found.length > 0, {
    what: `The client has settings for users: ${found.join(', ')}.`,
    why: USERS_ONLY,
    outcome: KEPT,
  });
}

/** Absent and 0 both mean the default. */
function isOther(value: number | undefined, usual: number | undefined): boolean {
  return value !== undefined && value !== 0 && value !== usual;
}

const SECONDS_PER_UNIT = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
/** What Amazon Cognito gives an access token by itself. */
const DEFAULT_MINUTES = 60;
/** What Amazon Cognito takes. @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const MIN_MINUTES = 5;
const MAX_MINUTES = 1440;

/** How long the access tokens of a client live. */
interface TokenLifetime {
  /** Whole minutes, rounded down: no token lives longer than before. */
  readonly minutes: number;
  /** Seconds, as they are. */
  readonly seconds: number;
}

/** Reads the lifetime of a client's access tokens; the unit is hours unless the client says otherwise. */
export function tokenLifetime({
  AccessTokenValidity,
  TokenValidityUnits,
}: Pick<ClientDescription, 'AccessTokenValidity' | 'TokenValidityUnits'>): TokenLifetime {
  if (!AccessTokenValidity) return { minutes: DEFAULT_MINUTES, seconds: DEFAULT_MINUTES * 60 };
  const seconds =
    AccessTokenValidity * SECONDS_PER_UNIT[TokenValidityUnits?.AccessToken ?? 'hours'];
  const minutes = Math.min(MAX_MINUTES, Math.max(MIN_MINUTES, Math.floor(seconds / 60)));
  return { minutes, seconds };
}
