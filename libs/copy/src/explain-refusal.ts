import { Failure } from '#contracts';
import type { RejectedRow } from '#contracts';
import type { CopyRun, CopySource } from './copy-feed.ts';
import { openWriter, rowsOf } from './feed-rows.ts';
import type { RowsInput } from './feed-rows.ts';
import { RejectTally } from './rows/reject-tally.ts';

type Refusal = Parameters<CopyRun['explain']>[1];

/**
 * Reads the file again, as the refused COPY did, up to the row that the server counted. Rows that the engine
 * itself refuses beyond MAXERROR are named instead: then the server's complaint came from one of them.
 */
export async function explainRefusal(
  source: CopySource,
  input: RowsInput,
  refusal: Refusal,
): Promise<readonly RejectedRow[]> {
  const tally = new RejectTally(input.options);
  tally.begin(source.url);
  const own = { ...input, tally };
  const writer = openWriter(source.url, own, refusal.serverRow);
  try {
    for await (const part of rowsOf(source, { ...own, writer, warnings: [] }))
      if (part.length > 0 && writer.watchedLine !== undefined) break;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'copy-rejected') return thrown.rejected;
    throw thrown;
  } finally {
    source.bytes.destroy();
  }
  if (writer.watchedLine === undefined) return [];
  const { column } = refusal;
  return [
    {
      file: source.url,
      line: writer.watchedLine,
      ...(column === undefined ? {} : { column }),
      reason: withoutValue(refusal.message),
      ...(writer.watchedRaw !== undefined && { raw: writer.watchedRaw }),
    },
  ];
}

/** PostgreSQL puts the offending value in quotes at the end of its sentence; a reason never holds one. */
function withoutValue(message: string): string {
  return message.replace(/:\s*".*$/s, '').replace(/(\w) "[^"]*" (is|has|out|violates)/g, '$1 $2');
}
