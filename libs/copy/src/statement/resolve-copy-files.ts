import { Failure } from '#contracts';
import type { CopyOptions } from '../copy-options.ts';
import { parseCopyManifest } from './parse-copy-manifest.ts';
import { parseS3Url } from './parse-s3-url.ts';

/** What of a store is needed to know which files a COPY reads. */
export type CopyStore = {
  /** every key of the bucket that begins with the prefix, in the order in which the files are to be read */
  readonly list: (bucket: string, prefix: string) => AsyncIterable<string>;
  readonly exists: (bucket: string, key: string) => Promise<boolean>;
  /** a small object as a whole; undefined when there is none */
  readonly read: (bucket: string, key: string) => Promise<Buffer | undefined>;
};

export type CopyFile = { readonly bucket: string; readonly key: string };

/** As many files one COPY may read. */
const COPY_FILES_MAX = 1_000_000;

/**
 * The files that `FROM` names (reference/redshift-copy.md §1, §4): everything that begins with the key, or
 * with MANIFEST the entries of that object. A file that is listed twice is there twice.
 * @throws Failure `file-missing` when there is no file at all, or a mandatory one is missing;
 * `options-invalid` when FROM or the manifest cannot be read
 */
export async function resolveCopyFiles(
  from: string,
  options: Pick<CopyOptions, 'manifest' | 'format'>,
  store: CopyStore,
): Promise<readonly CopyFile[]> {
  const place = parseS3Url(from);
  if (place === undefined) throw new Failure('options-invalid', 'COPY FROM takes s3://bucket/key');
  const files = options.manifest
    ? await filesOfManifest(from, place, options, store)
    : await filesByPrefix(place, store);
  if (files.length > 0) return files;
  // Redshift's words
  throw missing(`The specified S3 prefix '${place.key}' does not exist`);
}

async function filesByPrefix({ bucket, key }: CopyFile, store: CopyStore): Promise<readonly CopyFile[]> {
  const files: CopyFile[] = [];
  for await (const found of store.list(bucket, key)) {
    if (files.length === COPY_FILES_MAX)
      throw new Failure('options-invalid', `More than ${COPY_FILES_MAX} files begin with ${key}`);
    files.push({ bucket, key: found });
  }
  return files;
}

async function filesOfManifest(
  url: string,
  { bucket, key }: CopyFile,
  { format }: Pick<CopyOptions, 'format'>,
  store: CopyStore,
): Promise<readonly CopyFile[]> {
  const body = await store.read(bucket, key);
  if (body === undefined) throw missing(`Problem reading manifest file: ${url} does not exist`);
  const needsLength = format.kind === 'Parquet' || format.kind === 'Orc';
  const files: CopyFile[] = [];
  for (const entry of parseCopyManifest(body, { url, needsLength })) {
    if (await store.exists(entry.bucket, entry.key)) files.push({ bucket: entry.bucket, key: entry.key });
    else if (entry.mandatory)
      throw missing(`The file s3://${entry.bucket}/${entry.key}, mandatory in ${url}, does not exist`);
  }
  return files;
}

function missing(message: string): Failure {
  return new Failure('file-missing', message, {
    remedy: 'Upload the file, or correct FROM or the manifest.',
  });
}
