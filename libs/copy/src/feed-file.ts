import { Readable } from 'node:stream';
import type { CopyColumn, CopyRunInput, FeedReport } from './copy-feed.ts';
import { parseCopyOptions } from './options/parse-copy-options.ts';
import { startCopyRun } from './start-copy-run.ts';

export type FedFile = { readonly text: string; readonly report: FeedReport };

/** For specs: one file through the row engine, as COPY text format. Columns are called c0, c1, …. */
export async function feedFile(
  options: string,
  types: readonly string[],
  file: string | Buffer,
  more: Partial<CopyRunInput> & { readonly names?: readonly string[]; readonly chunkBytes?: number } = {},
): Promise<FedFile> {
  const parsed = parseCopyOptions(options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const columns: CopyColumn[] = types.map((type, i) => ({
    name: more.names?.[i] ?? `c${i}`,
    type,
    notNull: false,
  }));
  const run = startCopyRun({ options: parsed.options, columns, semantics: 'redshift', ...more });
  const bytes = Buffer.from(file);
  const step = more.chunkBytes ?? Math.max(1, bytes.length);
  const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) =>
    bytes.subarray(i * step, (i + 1) * step),
  );
  const source = { url: 's3://b/k', bytes: Readable.from(chunks, { objectMode: false }) };
  const feed = run.feed(source, { route: 'rows' });
  const parts: Buffer[] = [];
  for await (const part of feed.body) parts.push(part);
  return { text: Buffer.concat(parts).toString(), report: feed.report() };
}
