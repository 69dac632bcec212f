import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '#contracts';
import type { FileRef } from '#contracts';
import { startCopyRun } from '#copy';
import type { CopyOptions } from '#copy';
import type { OpenFile } from '../postgres/copy-file.ts';
import { urlOf } from '../plan-files.ts';

/** bytes, as stored; a header of more is not looked at */
const HEAD_BYTES_MAX = 64 * 1024;

/**
 * Redshift skips the header unseen and maps by position, so a file whose columns stand in another order would
 * load into the wrong ones. The engine of the PostgreSQL dialect knows how to compare it; it is shown the
 * beginning of the file, and only its verdict on the header counts.
 * @throws Failure schema-mismatch; or whatever keeps the file from being opened
 */
export async function checkHeader(
  ref: FileRef,
  how: {
    readonly options: CopyOptions;
    readonly columns: readonly string[];
    readonly openFile: OpenFile;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const head = await readHead(ref, how);
  try {
    const columns = how.columns.map((name) => ({ name, type: 'text', notNull: false }));
    const run = startCopyRun({ options: how.options, columns, semantics: 'redshift' });
    const feed = run.feed({ url: urlOf(ref), bytes: Readable.from([head]) }, { route: 'rows' });
    await pipeline(feed.body, async (rows) => {
      for await (const _row of rows) return;
    });
  } catch (thrown) {
    // The beginning of a file is cut off somewhere, and only Redshift reads all formats and sees the rows.
    if (thrown instanceof Failure && thrown.code === 'schema-mismatch') throw thrown;
  }
}

/** Formats of which the first line can be a header that names the columns. */
export function hasHeader({ format, ignoreHeader }: CopyOptions): boolean {
  return ignoreHeader > 0 && (format.kind === 'Csv' || format.kind === 'Delimited');
}

async function readHead(
  ref: FileRef,
  { openFile, signal }: { readonly openFile: OpenFile; readonly signal: AbortSignal },
): Promise<Buffer> {
  const { body } = await openFile(ref, { signal });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= HEAD_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES_MAX);
}
