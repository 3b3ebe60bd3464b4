import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { runsTrigger } from '@cognito-m2m/doctor';
import { type ImportNote, isFilled, type NoteText, type Place, when } from './import-note.ts';
import type { PoolDescription } from './pool-description.ts';

const USERS_ONLY = 'It is for users; environment files only describe pools for machines.';
const RESET = 'The first deploy resets it: an update of a pool resets what it does not name.';
const KEPT = 'It stays as it is, outside the file.';

/** Names every setting of a user pool that environment files do not hold. */
export function poolSettingNotes(description: PoolDescription, place: Place): ImportNote[] {
  const { pool } = description;
  const notes = [
    ...triggerNotes(description),
    ...machineNotes(description),
    ...signInNotes(pool),
    ...settingNotes(pool),
    ...neighbourNotes(description),
  ];
  return notes.map((note) => ({ place, ...note }));
}

/** Triggers: a pool has one function for each, and ours is for tokens only. */
function triggerNotes({ pool, isDeployed }: PoolDescription): NoteText[] {
  const { PreTokenGeneration, PreTokenGenerationConfig, ...others } = pool.LambdaConfig ?? {};
  const names = Object.entries(others).flatMap(([name, value]) => (value ? [name] : []));
  const arn = PreTokenGenerationConfig?.LambdaArn ?? PreTokenGeneration;
  return [
    ...when(names.length > 0, {
      what: `The pool has other triggers: ${names.join(', ')}.`,
      why: USERS_ONLY,
      outcome: 'The first deploy takes them off the pool.',
    }),
    ...when(arn !== undefined && !isDeployed, {
      what: `The pool's tokens come from another function: ${arn}.`,
      why: 'A pool has one pre-token-generation trigger, and an environment brings its own.',
      outcome: 'The first deploy puts the environment’s trigger in its place.',
    }),
  ];
}

/** What a deploy sets otherwise on every pool. */
function machineNotes({ pool, isDeployed, name }: PoolDescription): NoteText[] {
  if (isDeployed) return [];
  const { UserPoolTier: plan, DeletionProtection, AdminCreateUserConfig } = pool;
  return [
    {
      what: `The pool is called "${pool.Name}".`,
      why: `A deploy calls it after the environment and its name "${name}".`,
      outcome: 'It keeps its name; nothing depends on it.',
    },
    ...when(!runsTrigger(plan), {
      what: `The feature plan is ${plan ?? 'not known'}.`,
      why: 'Below ESSENTIALS, Amazon Cognito never calls the trigger for these tokens.',
      outcome: 'The first deploy raises it to ESSENTIALS, which costs more.',
    }),
    ...when(DeletionProtection !== 'ACTIVE', {
      what: 'Deletion protection is off.',
      why: 'Only an environment that may go with its data (isDisposable) has none.',
      outcome: 'The first deploy turns it on.',
    }),
    ...when(AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true, {
      what: 'Anyone may sign up as a user.',
      why: 'A pool for machines has no users.',
      outcome: 'The first deploy closes sign-up; users that are there stay.',
    }),
  ];
}

/** What a pool is born with. */
function signInNotes(pool: UserPoolType): NoteText[] {
  const custom = (pool.SchemaAttributes ?? [])
    .map(({ Name = '' }) => Name)
    .filter((name) => /^(?:dev:)?custom:/.test(name));
  const names = [...(pool.UsernameAttributes ?? []), ...(pool.AliasAttributes ?? [])];
  return [
    ...when(custom.length > 0, {
      what: `The pool has custom attributes: ${custom.sort().join(', ')}.`,
      why: USERS_ONLY,
      outcome: 'They stay as they are, outside the file.',
    }),
    ...when(names.length > 0, {
      what: `Users sign in by ${[...new Set(names)].sort().join(', ')}.`,
      why: USERS_ONLY,
      outcome: KEPT,
    }),
    ...when(pool.UsernameConfiguration?.CaseSensitive === true, {
      what: 'User names are case-sensitive.',
      why: USERS_ONLY,
      outcome: KEPT,
    }),
  ];
}

/** Settings for users that an update resets. */
function settingNotes(pool: UserPoolType): NoteText[] {
  const { EmailConfiguration, AdminCreateUserConfig, UserPoolAddOns } = pool;
  const factors = pool.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD'];
  const security = UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF';
  const settings: readonly (readonly [string, boolean])[] = [
    [`MFA ${pool.MfaConfiguration}`, (pool.MfaConfiguration ?? 'OFF') !== 'OFF'],
    ['verified attributes', isFilled(pool.AutoVerifiedAttributes)],
    [
      'a custom email sender',
      (EmailConfiguration?.EmailSendingAccount ?? DEFAULT_SENDER) !== DEFAULT_SENDER,
    ],
    ['text messages', pool.SmsConfiguration !== undefined],
    ['an invitation message', isOwnInvitation(AdminCreateUserConfig?.InviteMessageTemplate)],
    ['a custom MFA message', pool.SmsAuthenticationMessage !== undefined],
    ['remembered devices', pool.DeviceConfiguration !== undefined],
    [`threat protection ${security}`, security !== 'OFF'],
    [`sign-in by ${factors.join(', ')}`, factors.join() !== 'PASSWORD'],
    [
      'attributes verified before an update',
      isFilled(pool.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate),
    ],
  ];
  const found = settings.flatMap(([name, isThere]) => (isThere ? [name] : []));
  return when(found.length > 0, {
    what: `The pool has settings for users: ${found.join(', ')}.`,
    why: USERS_ONLY,
    outcome: RESET,
  });
}

const DEFAULT_SENDER = 'COGNITO_DEFAULT';

/** Amazon Cognito answers its own text where none was set. */
function isOwnInvitation(template: { readonly EmailSubject?: string | undefined } | undefined) {
  return template !== undefined && template.EmailSubject !== 'Your temporary password';
}

/** What belongs to the pool. */
function neighbourNotes(description: PoolDescription): NoteText[] {
  const { pool, groupNames, identityProviderNames, hasCustomLogin, customDomain } = description;
  const things: readonly (readonly [string, boolean])[] = [
    ['users', (pool.EstimatedNumberOfUsers ?? 0) > 0],
    [`groups (${groupNames.join(', ')})`, groupNames.length > 0],
    [`identity providers (${identityProviderNames.join(', ')})`, identityProviderNames.length > 0],
    ['a login page of its own', hasCustomLogin],
    [
      `the custom domain ${pool.CustomDomain}, whose certificate cannot be read`,
      pool.CustomDomain !== undefined && customDomain === undefined,
    ],
  ];
  const found = things.flatMap(([name, isThere]) => (isThere ? [name] : []));
  return when(found.length > 0, {
    what: `The pool has ${found.join(', ')}.`,
    why: USERS_ONLY,
    outcome: KEPT,
  });
}
