import type { Plugin } from 'esbuild';
import { expectEach } from './expect-each.ts';

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
  // Middy asks whether an answer is a stream, if it is told to stream answers; merely importing it wakes a dozen modules.
  'node:stream/web': 'export class ReadableStream {}',
  '@aws-sdk/dynamodb-codec':
    "export { PlainJsonCodec as DynamoDBJsonCodec2 } from './plain-json-codec.ts';",
};

/** Replaces whole packages. */
export const packageStandIns: Plugin = {
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
