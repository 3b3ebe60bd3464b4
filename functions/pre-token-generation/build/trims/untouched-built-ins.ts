import type { Plugin } from 'esbuild';

/**
 * Takes Node.js built-ins from `process.getBuiltinModule`.
 *
 * An ESM `import 'node:http'` reads every export of the module, and one of them loads all of undici: some 27 ms of
 * every cold start. This function hands out the module object and wakes nothing.
 * @see https://nodejs.org/api/process.html#processgetbuiltinmoduleid
 */
export const untouchedBuiltIns: Plugin = {
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
