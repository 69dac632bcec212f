import { PassThroughRefused } from './copy-feed.ts';
import type { CopyFeed, CopyRun, CopyRunInput, CopySource } from './copy-feed.ts';
import { explainRefusal } from './explain-refusal.ts';
import { feedPassThrough } from './feed-pass-through.ts';
import { feedRows } from './feed-rows.ts';
import type { RowsInput } from './feed-rows.ts';
import { parseJsonPathsFile } from './json/json-rows.ts';
import type { JsonPathsSpec } from './json/json-rows.ts';
import { planPassThrough } from './pass-through/plan-pass-through.ts';
import { RejectTally } from './rows/reject-tally.ts';
import { refuseUnsupported } from './unsupported-options.ts';

/**
 * Prepares one COPY over several files.
 * @throws Failure `options-invalid` when an option cannot be carried out on PostgreSQL
 */
export function startCopyRun(input: CopyRunInput): CopyRun {
  refuseUnsupported(input);
  const rows: RowsInput = {
    ...input,
    tally: new RejectTally(input.options),
    paths: jsonPathsOf(input),
  };
  let plan = planPassThrough(input);
  /** Files of one COPY look alike: after one refusal no other is tried, so at most one file is read twice. */
  const refuse = (because: string): void => {
    plan = { kind: 'refused', because };
  };
  const feed = (source: CopySource, how?: { readonly route: 'rows' }): CopyFeed => {
    rows.tally.begin(source.url);
    if (how?.route === 'rows') refuse('the caller asked for rows');
    if (plan.kind === 'refused') return feedRows(source, rows);
    const passing = feedPassThrough(source, input, plan);
    passing.body.once('error', (error) => {
      if (error instanceof PassThroughRefused) refuse(error.message);
    });
    return passing;
  };
  return { feed, explain: (source, refusal) => explainRefusal(source, rows, refusal) };
}

function jsonPathsOf({ options, jsonPaths }: CopyRunInput): JsonPathsSpec | undefined {
  const { format } = options;
  if (format.kind !== 'Json' && format.kind !== 'Avro') return undefined;
  if (format.paths.kind !== 'At') return format.paths;
  return jsonPaths === undefined ? undefined : parseJsonPathsFile(jsonPaths);
}
