import { watchUnitOf } from '#contracts';
import { compilePattern } from '#sources';

export type WatchScopeOptions = {
  readonly bucket: string;
  /** '' or a text that ends in a slash */
  readonly prefix: string;
  /** what a directory (with its trailing slash; '' is the root) must match as a whole */
  readonly keyPattern: string;
  /** where we put objects ourselves: archive, file lists, COPY manifests, probes */
  readonly ownPrefixes: readonly string[];
};

/** Which part of the world is watched. */
export type WatchScope = {
  readonly bucket: string;
  readonly prefix: string;
  /** below the prefix, matching the pattern, and not ours */
  readonly watches: (directory: string) => boolean;
  /** the prefix of ours that this key or directory lies in */
  readonly ownPrefixOf: (key: string) => string | undefined;
  readonly unitOf: (directory: string) => string;
};

/** @throws RangeError when the pattern is no RE2 pattern, or the prefix could cut a name in two */
export function watchScope(options: WatchScopeOptions): WatchScope {
  const { bucket, prefix } = options;
  if (prefix !== '' && !prefix.endsWith('/'))
    throw new RangeError(`watched prefix ${JSON.stringify(prefix)}: must end in a slash`);
  const matches = directoryPattern(options.keyPattern);
  const ownPrefixes = options.ownPrefixes.filter((own) => own !== '');
  const ownPrefixOf = (key: string): string | undefined => ownPrefixes.find((own) => key.startsWith(own));
  return {
    bucket,
    prefix,
    watches: (directory) =>
      directory.startsWith(prefix) && ownPrefixOf(directory) === undefined && matches(directory),
    ownPrefixOf,
    unitOf: (directory) => watchUnitOf(prefix, directory),
  };
}

/** Users write these patterns, so they run in linear time (RE2). */
function directoryPattern(pattern: string): (directory: string) => boolean {
  const compiled = compilePattern(pattern);
  if (compiled.kind === 'pattern') return compiled.pattern.matches;
  throw new RangeError(`key pattern ${JSON.stringify(pattern)}: ${compiled.message}`);
}

/** The directory of a key, with its slash; '' is the root. */
export function directoryOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
