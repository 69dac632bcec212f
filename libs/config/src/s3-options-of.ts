import type { Config } from './config.ts';

/** Section `s3` in the words of `#object-store`; bucket and prefix are the caller's own business. */
export function s3OptionsOf(config: Config): Omit<Config['s3'], 'bucket' | 'prefix'> {
  const { bucket: _bucket, prefix: _prefix, ...options } = config.s3;
  return options;
}
