import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Takes Node.js built-ins from `process.getBuiltinModule`.
 *
 * An ESM `import 'node:http'` reads every export of the module, and one of them loads all of undici: some 27 ms of
 * every cold start. This function hands out the module object and wakes nothing.
 * @see https://nodejs.org/api/process.html#processgetbuiltinmoduleid
 */
const untouchedBuiltIns: Plugin = {
  name: 'untouched-built-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) => ({
      path,
      namespace: kind === 'dynamic-import' ? 'built-in-object' : 'built-in',
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({ contents: toPicks(path) }));
    // Who imports at run time gets the module object itself.
    onLoad({ filter: /.*/, namespace: 'built-in-object' }, ({ path }) => ({
      contents: `module.exports = ${moduleObject(path)}`,
    }));
  },
};

/** One export for each member, marked as free of effects: esbuild keeps those that are imported, the rest stays asleep. */
function toPicks(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) =>
    /^[A-Za-z]\w*$/.test(name),
  );
  return [
    `const object = /* @__PURE__ */ (() => ${moduleObject(path)})();`,
    'export default object;',
    ...names.map((name) => `const _${name} = /* @__PURE__ */ (() => object.${name})();`),
    `export { ${names.map((name) => `_${name} as ${name}`).join(', ')} };`,
  ].join('\n');
}

function moduleObject(path: string): string {
  return `process.getBuiltinModule(${JSON.stringify(path)})`;
}

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
  // Lambda has no profile to read, and Node.js 24 loads the line editor of its REPL with this.
  'node:fs/promises':
    "export const readFile = async () => { throw new Error('There are no profiles.'); };",
  // Middy asks whether an answer is a stream, if it is told to stream answers; merely importing it wakes a dozen modules.
  'node:stream/web': 'export class ReadableStream {}',
  '@aws-sdk/dynamodb-codec':
    "export { PlainJsonCodec as DynamoDBJsonCodec2 } from './plain-json-codec.ts';",
};

const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@|node:)/ }, ({ path }) =>
      Object.hasOwn(STAND_INS, path) ? { path, namespace: 'stand-in', sideEffects: false } : null,
    );
    onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({
      contents: STAND_INS[path] ?? '',
      resolveDir: import.meta.dirname,
    }));
  },
};

/** Of its own package.json the SDK reads the version, for the user-agent header. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\][\w-]+[/\\]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** A middleware of the SDK that is called for each request, left out; its other exports are there for who re-exports them. */
const leftOut = (plugin: string, ...others: readonly string[]): string =>
  [
    `export const ${plugin} = () => ({ applyToStack() {} });`,
    ...others.map((name) => `export const ${name} = undefined;`),
  ].join('\n');

/** What stands in for a file of the SDK, by the end of its path. */
const FILE_STAND_INS: { readonly [file: string]: string } = {
  // The Node.js version is chosen by the environment file and checked there: no warning in every cold start's log.
  'emitWarningIfUnsupportedVersion.js': `
    export const state = { warningEmitted: true };
    export const emitWarningIfUnsupportedVersion = () => {};`,
  // Copies every answer without its secrets for a logger that the client does not have.
  'middleware-logger/loggerMiddleware.js': leftOut(
    'getLoggerPlugin',
    'loggerMiddleware',
    'loggerMiddlewareOptions',
  ),
  // A read starts no function, and so no circle of functions.
  'middleware-recursion-detection/getRecursionDetectionPlugin.js': leftOut(
    'getRecursionDetectionPlugin',
  ),
  // Puts the same header together for each request. Who read the table is told by the function's role.
  'middleware-user-agent/user-agent-middleware.js': leftOut(
    'getUserAgentPlugin',
    'userAgentMiddleware',
    'getUserAgentMiddlewareOptions',
  ),
  // What the protocol would take without the codec above.
  'codec-v2/JsonCodec2.js': 'export const JsonCodec2 = undefined;',
  // Asks whether a body is a file, and so wakes all that Node.js has for files: a request of the trigger is a text.
  'util-body-length/calculateBodyLength.js':
    'export const calculateBodyLength = (body) => Buffer.byteLength(body);',
  // SHA-256 in JavaScript, for a Node.js built without it.
  'sha256/Sha256Js.js': 'export const Sha256Js = undefined;',
};

const fileStandIns: Plugin = {
  name: 'file-stand-ins',
  setup({ onLoad }) {
    for (const [file, contents] of Object.entries(FILE_STAND_INS)) {
      const filter = new RegExp(`[/\\\\]${file.replaceAll('/', '[/\\\\]').replace('.', '\\.')}$`);
      onLoad({ filter }, () => ({ contents }));
    }
  },
};

/** Everything that makes the bundle smaller, its start and its reads faster, and changes nothing of what it answers. */
export const trims: readonly Plugin[] = [
  // First, because it takes two built-ins out of the hands of the next.
  standIns,
  untouchedBuiltIns,
  versionOnly,
  fileStandIns,
];
