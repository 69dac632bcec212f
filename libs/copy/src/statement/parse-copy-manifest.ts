import { Failure } from '#contracts';
import { parseS3Url } from './parse-s3-url.ts';

export type ManifestEntry = {
  readonly bucket: string;
  readonly key: string;
  readonly mandatory: boolean;
  /** bytes; needed for columnar formats */
  readonly contentLength?: number;
};

const ENTRIES_MAX = 1_000_000;
const REMEDY = 'Correct the manifest: {"entries":[{"url":"s3://bucket/key","mandatory":true}]}.';

/**
 * Reads what COPY … MANIFEST names (reference/redshift-copy.md §4): plain UTF-8 JSON; `mandatory` is false
 * where it is not said; an entry that is there twice stays twice. Unknown members are ignored.
 * @throws Failure `options-invalid`
 */
export function parseCopyManifest(
  body: Buffer,
  how: { readonly url: string; readonly needsLength: boolean },
): readonly ManifestEntry[] {
  const parsed = readJson(body, how.url);
  const entries = isObject(parsed) ? parsed['entries'] : undefined;
  if (!Array.isArray(entries)) throw refused(how.url, 'it has no list "entries"');
  if (entries.length > ENTRIES_MAX) throw refused(how.url, `it has more than ${ENTRIES_MAX} entries`);
  return entries.map((entry: unknown, i) => parseEntry(entry, `entry ${i + 1}`, how));
}

function readJson(body: Buffer, url: string): unknown {
  try {
    return JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    throw refused(url, 'it is no JSON (it must be neither compressed nor encrypted)');
  }
}

function parseEntry(
  entry: unknown,
  where: string,
  how: { readonly url: string; readonly needsLength: boolean },
): ManifestEntry {
  if (!isObject(entry)) throw refused(how.url, `${where} is no object`);
  const { url, mandatory = false, meta } = entry;
  const place = typeof url === 'string' ? parseS3Url(url) : undefined;
  if (place === undefined || place.key === '')
    // Redshift's words, error 8001
    throw refused(how.url, `${where}: COPY with MANIFEST parameter requires full path of an S3 object`);
  if (typeof mandatory !== 'boolean')
    throw refused(how.url, `${where}: "mandatory" is neither true nor false`);
  const length = isObject(meta) ? meta['content_length'] : undefined;
  const isLength = typeof length === 'number' && Number.isSafeInteger(length) && length >= 0;
  if (how.needsLength && !isLength)
    throw refused(how.url, `${where} needs "meta": {"content_length": bytes}, as columnar files do`);
  return { ...place, mandatory, ...(isLength && { contentLength: length }) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(url: string, why: string): Failure {
  return new Failure('options-invalid', `The manifest ${url} cannot be used: ${why}.`, { remedy: REMEDY });
}
