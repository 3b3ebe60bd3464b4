import { z } from 'zod';
import {
  BEHAVIOUR_NAMES,
  BEHAVIOURS,
  type BehaviourName,
  describeBehaviourValues,
  isBehaviourValue,
} from '../model/behaviour.ts';
import { RUNTIMES } from '../trigger/trigger-options.ts';

/*
 * The shape of a configuration. Descriptions are what editors show, so they are sentences; names and lengths are those of AWS:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */

const name = z
  .string()
  .regex(/^[\w\s+=,.@-]{1,128}$/, 'expected 1 to 128 letters, digits, spaces and any of _+=,.@-')
  .describe('1 to 128 letters, digits, spaces and any of _+=,.@-');

const scope = z
  .string()
  .regex(
    /^[\x21\x23-\x5b\x5d-\x7e]+\/[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]+$/,
    'expected "<resource server>/<scope>"',
  )
  .describe('A scope, as "<resource server>/<scope>".');

const client = z.strictObject({
  clientId: z
    .string()
    .regex(/^[\w+]{1,128}$/, 'expected 1 to 128 letters, digits, _ and +')
    .optional()
    .describe('The client id. Default: derived from the names, the same at every start.'),
  clientSecret: z
    .string()
    .regex(/^[\w+]{1,64}$/, 'expected 1 to 64 letters, digits, _ and +')
    .optional()
    .describe('The client secret. Default: generated.'),
  scopes: z.array(scope).max(50).describe('The scopes that the client may ask for.'),
  accessTokenMinutes: z
    .int()
    .min(5)
    .max(1440)
    .optional()
    .describe('How long a token lives, in minutes. Default: 60.'),
  allowsClientTokenAuth: z
    .boolean()
    .optional()
    .describe('Whether the client may use the GetClientToken operation. Default: false.'),
  description: z.string().optional().describe('Shown by the inspector page.'),
});

const resourceServer = z.strictObject({
  name: z.string().min(1).max(256).optional().describe('The name people see.'),
  scopes: z
    .union([z.array(z.string().min(1).max(256)), z.record(z.string().min(1).max(256), z.string())])
    .describe('Scope names, or descriptions by scope name.'),
});

const trigger = z.strictObject({
  bundle: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The JavaScript file that exports the handler, or the folder that Lambda would have.',
    ),
  handler: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The exported function; for a folder with its file. Default: handler, or index.handler.',
    ),
  env: z.record(z.string(), z.string()).optional().describe('Environment variables.'),
  envFile: z.string().min(1).optional().describe('A file of NAME=value lines.'),
  runtime: z
    .enum(RUNTIMES)
    .optional()
    .describe('The Lambda runtime whose rules apply. Default: nodejs22.x.'),
  memoryMb: z.int().min(128).max(10_240).optional().describe('The memory that the context shows.'),
  timeoutMs: z.int().min(1).max(60_000).optional().describe('The longest wait. Default: 5000.'),
  endpoint: z
    .string()
    .min(1)
    .optional()
    .describe('The address of a Lambda Invoke API, such as sam local start-lambda.'),
  functionName: z.string().min(1).optional().describe('The name of the function.'),
});

const triggerChoice = z
  .union([z.string().min(1), trigger, z.null()])
  .describe('The pre token generation trigger: a bundle, its options, or null for none.');

const grantTypes = z.array(z.enum(['code', 'client_credentials']));

const registration = z
  .strictObject({
    open: z.boolean().optional().describe('Whether it needs no token. Default: false.'),
    authenticatedGrantTypes: grantTypes
      .optional()
      .describe('What clients that register with a token may use. Default: both.'),
    openGrantTypes: grantTypes
      .optional()
      .describe('What clients that register without one may use. Default: code.'),
    allowedScopes: z
      .array(scope)
      .optional()
      .describe('Scopes that registered clients may ask for. Default: those of OpenID Connect.'),
  })
  .describe('Dynamic client registration at /oauth2/register. Default: off.');

const pool = z.strictObject({
  userPoolId: z
    .string()
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'expected an id such as eu-central-1_AbCdEfGhI')
    .max(55)
    .optional()
    .describe(
      'The pool id. Default: made from the Region and the position, such as eu-central-1_Local0001.',
    ),
  domain: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'expected a domain prefix or a domain name')
    .optional()
    .describe(
      'The prefix of the domain, or a whole domain name; requests with this host find the pool.',
    ),
  description: z.string().optional().describe('Shown by the inspector page.'),
  plan: z
    .enum(['LITE', 'ESSENTIALS', 'PLUS'])
    .optional()
    .describe('The feature plan. Default: ESSENTIALS.'),
  accessTokenMinutes: z.int().min(5).max(1440).optional().describe('For clients that say nothing.'),
  resourceServers: z
    .record(z.string().min(1).max(256), resourceServer)
    .optional()
    .describe(
      'Resource servers by identifier. Default: those that the scopes of the clients name.',
    ),
  clients: z.record(name, client).describe('App clients by name.'),
  registration: registration.optional(),
  trigger: z
    .union([z.string().min(1), z.null()])
    .optional()
    .describe('A name in "triggers", or null for none. Default: the trigger of the configuration.'),
});

function behaviourSchema(setting: BehaviourName): z.ZodType {
  const { values } = BEHAVIOURS[setting];
  if (typeof values !== 'string') return z.literal([...values] as (string | number | boolean)[]);
  if (values === 'count') return z.int().min(1).max(9);
  return values === 'exception' ? z.string().regex(/^\w+Exception$/) : z.string();
}

const behaviour = z.strictObject(
  Object.fromEntries(
    BEHAVIOUR_NAMES.map((setting) => [
      setting,
      behaviourSchema(setting)
        .optional()
        .refine((value) => value === undefined || isBehaviourValue(setting, value))
        .describe(
          `${BEHAVIOURS[setting].what} Default: ${JSON.stringify(BEHAVIOURS[setting].initial)}. Expected: ${describeBehaviourValues(setting)}.`,
        ),
    ]),
  ),
);

/** A configuration as a file or a caller gives it. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('The address of this schema.'),
  region: z
    .string()
    .regex(/^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/, 'expected a Region such as eu-central-1')
    .optional()
    .describe('The Region of the pools. Default: eu-central-1.'),
  host: z.string().min(1).optional().describe('The address to listen on. Default: 127.0.0.1.'),
  port: z.int().min(0).max(65_535).optional().describe('The TCP port; 0 for any free one.'),
  allowedHosts: z
    .array(z.string().min(1))
    .optional()
    .describe('Names that a Host header may hold.'),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The address that clients use, where it is not the own one.'),
  apiSecret: z
    .string()
    .regex(/^[\x21-\x7e]{16,128}$/, 'expected 16 to 128 characters without spaces')
    .optional()
    .describe(
      'The secret access key by which other machines may call the AWS API. Default: they may not.',
    ),
  data: z.string().min(1).optional().describe('A folder that keeps keys, ids and secrets.'),
  tls: z
    .union([z.boolean(), z.strictObject({ cert: z.string().min(1), key: z.string().min(1) })])
    .optional()
    .describe('true for a certificate that is made at the start, or the files of your own.'),
  quota: z
    .strictObject({ tokensPerSecond: z.int().min(1) })
    .optional()
    .describe('What all pools together may issue; AWS allows 150. Default: no limit.'),
  behaviour: behaviour
    .optional()
    .describe('What AWS does not document, where it differs from the defaults.'),
  trigger: triggerChoice.optional(),
  triggers: z
    .record(z.string().min(1), z.union([z.string().min(1), trigger]))
    .optional()
    .describe('More triggers by name, for pools with one of their own.'),
  pools: z.record(name, pool).describe('User pools by name.'),
});

/** A configuration that fits the schema. */
export type CheckedConfig = z.output<typeof configSchema>;

/** The schema as JSON Schema 2020-12, for editors. */
export function toJsonSchema(): object {
  return {
    title: 'Local Cognito configuration',
    ...z.toJSONSchema(configSchema, {
      target: 'draft-2020-12',
      io: 'input',
      unrepresentable: 'any',
    }),
  };
}
