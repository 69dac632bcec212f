import { UsageError } from './usage-error.ts';

/**
 * The directory as a hint names it: a key prefix with its slash; without one the watched prefix itself.
 * @throws UsageError when no watcher would look there
 */
export function sweptDirectory(
  typed: string | undefined,
  watched: { readonly bucket: string; readonly prefix: string },
): string {
  const url = `s3://${watched.bucket}/`;
  if (typed === undefined || typed === '' || typed === '/' || typed === url) return watched.prefix;
  const isUrl = typed.startsWith('s3://');
  if (isUrl && !typed.startsWith(url))
    throw new UsageError(
      `${typed} is in another bucket; watched is s3://${watched.bucket}/${watched.prefix}`,
    );
  const path = isUrl ? typed.slice(url.length) : typed.replace(/^\/+/, '');
  const directory = path.endsWith('/') ? path : `${path}/`;
  if (!directory.startsWith(watched.prefix))
    throw new UsageError(`${directory} is not below the watched prefix ${watched.prefix}`);
  return directory;
}
