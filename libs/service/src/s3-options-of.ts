import type { Config } from '#config';
import type { S3Options } from '#object-store';

/** The store's options, which are a part of section `s3`; bucket and prefix are the services' own business. */
export function s3OptionsOf(config: Config): S3Options {
  const { bucket: _bucket, prefix: _prefix, ...options } = config.s3;
  return options;
}
