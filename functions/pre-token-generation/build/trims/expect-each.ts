import type { PluginBuild } from 'esbuild';

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
