import { readFile } from 'node:fs/promises';
import type { Plugin, PluginBuild } from 'esbuild';
import { untouchedBuiltIns } from './untouched-built-ins.ts';

/** What becomes of a file, given its text. */
type Rewrite = (text: string) => string;

const replaceBy =
  (text: string): Rewrite =>
  () =>
    text;

/** A middleware that is called for each request, left out; its other exports are there for who re-exports them. */
const leaveOut = (plugin: string, ...others: readonly string[]): Rewrite =>
  replaceBy(
    [
      `export const ${plugin} = () => ({ applyToStack() {} });`,
      ...others.map((name) => `export const ${name} = undefined;`),
    ].join('\n'),
  );

/** Something that is never called with the options of the trigger's client. */
const leaveUndefined = (...names: readonly string[]): Rewrite =>
  replaceBy(names.map((name) => `export const ${name} = undefined;`).join('\n'));

const leaveOutRetryAfter: Rewrite = replaceBy(`
  export const parseRetryAfterHeader = () => undefined;
  export const getRetryAfterHint = () => undefined;`);

/** Members by their names: esbuild keeps an object with computed members, whoever needs it. */
function nameMembers(text: string): string {
  const names = new Map(
    [...text.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, variable = '', value = '']) => [
      variable,
      value,
    ]),
  );
  return text.replaceAll(/\[(_\w+)\]:/g, (all, variable) => `${names.get(variable) ?? all}:`);
}

/** What is asked of a partition. */
interface Partition {
  readonly id: string;
  readonly regionRegex: string;
  readonly outputs: { readonly dnsSuffix: string };
}

/** The partitions without the list of their Regions. */
function leaveRegionsOut(text: string): string {
  const json = text.replace(/^export const \w+ = /, '').replace(/;\s*$/, '');
  const { partitions }: { readonly partitions: readonly Partition[] } = JSON.parse(json);
  const kept = partitions.map(({ id, regionRegex, outputs: { dnsSuffix } }) => ({
    id,
    regionRegex,
    regions: {},
    outputs: { dnsSuffix },
  }));
  return `export const partitionsInfo = ${JSON.stringify({ partitions: kept })};`;
}

/** Asks once whether a container answers several calls at a time: the variable is set before it starts, and read four times a line. */
function askOnceForConcurrency(text: string): string {
  const asked = text.replace(
    /^const shouldUseInvokeStore = \(\) => \{$([\s\S]*?)^\};$/m,
    'const shouldUseInvokeStore = (() => { const asked = (() => {$1})(); return () => asked; })();',
  );
  if (asked === text) throw new Error('shouldUseInvokeStore of Powertools is not where it was.');
  return asked;
}

/** What becomes of files of the SDK, by the end of their path. */
const REWRITES: { readonly [file: string]: Rewrite } = {
  // The Node.js version is chosen by the environment file and checked there: no warning in every cold start's log.
  'smithy-client/emitWarningIfUnsupportedVersion.js': replaceBy(
    'export const emitWarningIfUnsupportedVersion = () => {};',
  ),
  'core/dist-es/submodules/client/emitWarningIfUnsupportedVersion.js': replaceBy(`
    export const state = { warningEmitted: true };
    export const emitWarningIfUnsupportedVersion = () => {};`),
  // Looks options up in variables and profiles. The trigger gives all of them, and whoever forgets one learns it here.
  'node-config-provider/configLoader.js': replaceBy(`
    export const loadConfig = () => { throw new Error('Options of the client are given, not looked up.'); };`),
  // The same for the one option that is a set of defaults; it asks the instance metadata.
  'defaults-mode/resolveDefaultsModeConfig.js': replaceBy(
    "export const resolveDefaultsModeConfig = () => async () => 'standard';",
  ),
  'aws_sdk/clock-skew-defaults.js': replaceBy(
    'export const DEFAULT_DISABLE_CLOCK_SKEW_CORRECTION = false;',
  ),
  // Decides by rules about dual stack, FIPS, account ids and resources, none of which the trigger has.
  'client-dynamodb/dist-es/endpoint/endpointResolver.js': replaceBy(`
    import { partition } from '@aws-sdk/core/client';
    export const defaultEndpointResolver = ({ Endpoint, Region }) => ({
      url: new URL(Endpoint ?? 'https://dynamodb.' + Region + '.' + partition(Region).dnsSuffix),
    });`),
  // An endpoint of the environment is the trigger's own setting.
  'adaptors/getEndpointFromConfig.js': replaceBy(
    'export const getEndpointFromConfig = async () => undefined;',
  ),
  'regionConfig/getInstanceMetadataRegion.js': leaveUndefined('getInstanceMetadataRegion'),
  // Only of another service.
  'service-customizations/s3.js': leaveUndefined(
    'resolveParamsForS3',
    'S3_HOSTNAME_PATTERN',
    'DOT_PATTERN',
    'isDnsCompatibleBucketName',
    'isArnBucketName',
  ),
  // Signs the headers of streamed events.
  'signature-v4/dist-es/HeaderFormatter.js': replaceBy(`
    export class HeaderFormatter {}
    export class Int64 {}`),
  // Copies every answer without its secrets for a logger that the client does not have.
  'middleware-logger/loggerMiddleware.js': leaveOut(
    'getLoggerPlugin',
    'loggerMiddleware',
    'loggerMiddlewareOptions',
  ),
  // A read starts no function, and so no circle of functions.
  'middleware-recursion-detection/getRecursionDetectionPlugin.js': leaveOut(
    'getRecursionDetectionPlugin',
  ),
  // Puts the same header together for each request. The function's role identifies who read the table.
  'middleware-user-agent/user-agent-middleware.js': leaveOut(
    'getUserAgentPlugin',
    'userAgentMiddleware',
    'getUserAgentMiddlewareOptions',
  ),
  'util-user-agent-node/defaultUserAgent.js': replaceBy(`
    export const createDefaultUserAgentProvider = () => undefined;
    export const defaultUserAgent = undefined;
    export const crtAvailability = undefined;`),
  // Of its own package.json the SDK reads the version, for that header.
  'client-dynamodb/package.json': replaceBy('{}'),
  // Names every error that DynamoDB's model knows. One that is not registered has its name and status all the same, and
  // no more is asked of it.
  'schemas/schemas_0.js': (text) =>
    nameMembers(text.replaceAll(/^n0_registry\.registerError\(.*\);$/gm, '')),
  // Of a Region the suffix of its partition is asked for, and each partition has a pattern for its Regions.
  'lib/aws/partitions.js': leaveRegionsOut,
  // Amazon DynamoDB sends no such header.
  'middleware-retry/parseRetryAfterHeader.js': leaveOutRetryAfter,
  // Formats of dates in requests and answers, which have none here.
  'serde/date-utils.js': (text) =>
    text.replaceAll('= new RegExp(', '= /* @__PURE__ */ new RegExp('),
  // Bindings to headers and paths are for protocols that have them: this one has a body.
  'protocols/HttpBindingNormalizedSchema.js': replaceBy(`
    export const HttpBindingNormalizedSchema = undefined;
    export const getHttpOperationBindings = () => [];`),
  // The client has no extensions.
  'client-dynamodb/dist-es/runtimeExtensions.js': replaceBy(
    'export const resolveRuntimeExtensions = (config) => config;',
  ),
  // Hides members from the log of a client that has none.
  'smithy-client/schemaLogFilter.js': replaceBy(
    'export const schemaLogFilter = (schema, data) => data;',
  ),
  // The mode of retries is `standard`.
  'util-retry/AdaptiveRetryStrategy.js': leaveUndefined('AdaptiveRetryStrategy'),
  // What the protocol would take without the codec of our own.
  'codec-v2/JsonCodec2.js': leaveUndefined('JsonCodec2'),
  // Asks whether a body is a file, and so loads all that Node.js has for files: the body of a request of the trigger is a string.
  'util-body-length/calculateBodyLength.js': replaceBy(
    'export const calculateBodyLength = (body) => Buffer.byteLength(body);',
  ),
  'commons/lib/esm/envUtils.js': askOnceForConcurrency,
  // Keeps lines back until an error, if it is set to.
  'logger/lib/esm/logBuffer.js': replaceBy('export class CircularMap extends Map {}'),
  // SHA-256 in JavaScript, for a Node.js built without it.
  'sha256/Sha256Js.js': leaveUndefined('Sha256Js'),
};

/** Replaces single files of packages that are needed otherwise. */
const fileStandIns: Plugin = {
  name: 'file-stand-ins',
  setup(build) {
    const found = expectEach(build, Object.keys(REWRITES));
    for (const [file, rewrite] of Object.entries(REWRITES)) {
      const filter = new RegExp(
        `[/\\\\]${file.replaceAll('/', '[/\\\\]').replaceAll('.', '\\.')}$`,
      );
      build.onLoad({ filter }, async ({ path }) => {
        found(file);
        const contents = rewrite(await readFile(path, 'utf8'));
        return { contents, loader: file.endsWith('.json') ? 'json' : 'js' };
      });
    }
  },
};

/** What stands in for a package or a built-in, by the import that asks for it. */
const STAND_INS: { readonly [specifier: string]: string } = {
  // On Lambda credentials are in the environment, and the trigger passes those. The chain of all other providers
  // (profiles, SSO, STS, instance metadata) brings four more clients: over a quarter of the bundle.
  '@aws-sdk/credential-provider-node': 'export const defaultProvider = undefined;',
  // DynamoDB answers under its regional name; discovery brings an LRU cache and a background refresh.
  '@aws-sdk/middleware-endpoint-discovery': `
    export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {};
    export const resolveEndpointDiscoveryConfig = (config) => config;`,
  // No operation that is used streams events. Imported dynamically, it makes esbuild wrap the whole graph in lazy
  // initialisers, and pulls in zlib.
  '@smithy/core/event-streams': 'export const EventStreamSerde = undefined;',
  // Middy checks for a stream only if it is set to stream answers; merely importing it loads a dozen modules.
  'node:stream/web': 'export class ReadableStream {}',
  '@aws-sdk/dynamodb-codec':
    "export { PlainJsonCodec as DynamoDBJsonCodec2 } from './plain-json-codec.ts';",
};

/** Replaces whole packages. */
const packageStandIns: Plugin = {
  name: 'package-stand-ins',
  setup(build) {
    const found = expectEach(build, Object.keys(STAND_INS));
    build.onResolve({ filter: /^(@|node:)/ }, ({ path }) =>
      Object.hasOwn(STAND_INS, path) ? { path, namespace: 'stand-in', sideEffects: false } : null,
    );
    build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => {
      found(path);
      return { contents: STAND_INS[path] ?? '', resolveDir: import.meta.dirname };
    });
  },
};

/** Everything that makes the bundle smaller, its start and its reads faster, and changes nothing of what it answers. */
export const trims: readonly Plugin[] = [
  // First, because it takes a built-in out of the hands of the next.
  packageStandIns,
  untouchedBuiltIns,
  fileStandIns,
];

/**
 * Fails a build in which a trim found nothing to do: an update of the SDK has moved what it names.
 *
 * @param names - What has to be found.
 * @returns What a plugin calls for each name that it finds.
 */
export function expectEach(build: PluginBuild, names: readonly string[]): (name: string) => void {
  const missing = new Set(names);
  build.onEnd(() => ({
    errors: [...missing].map((name) => ({
      text: `No import asked for ${name}, which is trimmed.`,
    })),
  }));
  return (name) => missing.delete(name);
}
