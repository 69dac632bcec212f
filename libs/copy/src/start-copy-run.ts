import type { CopyRun, CopyRunInput } from './copy-feed.ts';
import { explainRefusal } from './explain-refusal.ts';
import { feedRows } from './feed-rows.ts';
import type { RowsInput } from './feed-rows.ts';
import { RejectTally } from './rows/reject-tally.ts';
import { refuseUnsupported } from './unsupported-options.ts';

/**
 * Prepares one COPY over several files.
 * @throws Failure `options-invalid` when an option cannot be carried out on PostgreSQL
 */
export function startCopyRun(input: CopyRunInput): CopyRun {
  refuseUnsupported(input);
  const { format } = input.options;
  const rows: RowsInput = {
    ...input,
    tally: new RejectTally(input.options),
    paths: format.kind === 'Json' ? format.paths : undefined,
  };
  return {
    feed: (source) => {
      rows.tally.begin(source.url);
      return feedRows(source, rows);
    },
    explain: (source, refusal) => explainRefusal(source, rows, refusal),
  };
}
