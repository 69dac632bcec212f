import type { DocumentNode, MapNode } from '../document/document-node.ts';
import { printProblem, readDocument } from '../document/read-document.ts';

/**
 * One file of a COPY manifest; without `mandatory` a missing one is passed over (reference/redshift-copy.md).
 */
export type ManifestEntry = { readonly bucket: string; readonly key: string; readonly mandatory: boolean };

export type ReadCopyManifest =
  | { readonly kind: 'entries'; readonly entries: readonly ManifestEntry[] }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** files of one load */
export const MANIFEST_ENTRIES_MAX = 10_000;
const PROBLEMS_MAX = 20;

/** `{"entries":[{"url":"s3://bucket/key","mandatory":true}]}` */
export function readCopyManifest(bytes: Uint8Array): ReadCopyManifest {
  const document = readDocument(bytes, 'json');
  if (document.kind === 'problem') return refused([printProblem(document.problem)]);
  const list = document.root.kind === 'map' ? valueOf(document.root, 'entries') : undefined;
  if (list?.kind !== 'vector') return refused(['expected {"entries": [{"url": "s3://…", …}, …]}']);
  if (list.items.length === 0) return refused(['names no file']);
  if (list.items.length > MANIFEST_ENTRIES_MAX)
    return refused([`${list.items.length} entries; at most ${MANIFEST_ENTRIES_MAX} in one load`]);
  const entries = new Map<string, ManifestEntry>();
  const problems: string[] = [];
  for (const [index, item] of list.items.entries()) {
    const entry = readEntry(item);
    if (!entry) problems.push(`entry ${index + 1}: expected {"url": "s3://bucket/key", "mandatory": true}`);
    else if (entries.has(`${entry.bucket}/${entry.key}`))
      problems.push(`entry ${index + 1}: names a file again, whose rows would be there twice`);
    else entries.set(`${entry.bucket}/${entry.key}`, entry);
  }
  if (problems.length > 0) return refused(problems.slice(0, PROBLEMS_MAX));
  return { kind: 'entries', entries: [...entries.values()] };
}

function readEntry(item: DocumentNode): ManifestEntry | undefined {
  if (item.kind !== 'map') return undefined;
  const [url, mandatory] = [valueOf(item, 'url'), valueOf(item, 'mandatory')];
  const [, bucket, key] = /^s3:\/\/([^/]+)\/([^]+)$/.exec(url?.kind === 'string' ? url.value : '') ?? [];
  if (bucket === undefined || key === undefined) return undefined;
  if (mandatory && mandatory.kind !== 'boolean') return undefined;
  return { bucket, key, mandatory: mandatory?.value ?? false };
}

function valueOf(map: MapNode, name: string): DocumentNode | undefined {
  return map.entries.find(({ key }) => key.kind === 'string' && key.value === name)?.value;
}

function refused(problems: readonly string[]): ReadCopyManifest {
  return { kind: 'problems', problems };
}
