import type { CopyFeed, CopyRunInput, CopySource } from './copy-feed.ts';
import { openText } from './open/open-text.ts';
import { sendParts } from './open/send-parts.ts';
import type { PassThroughPlan } from './pass-through/plan-pass-through.ts';
import { RowVetter } from './pass-through/vet-rows.ts';
import { checkHeader } from './rows/check-header.ts';
import { HeaderSkipper } from './rows/skip-header.ts';

type Allowed = Extract<PassThroughPlan, { kind: 'allowed' }>;

/** Postgres parses the file itself; here its rows are only looked at, never split. */
export function feedPassThrough(source: CopySource, input: CopyRunInput, plan: Allowed): CopyFeed {
  const warnings: string[] = [];
  const { options } = input;
  const columns = input.columns.map((column) => column.name);
  const header = new HeaderSkipper(options.ignoreHeader, (line) => {
    if (options.ignoreHeader !== 1 || input.checksHeader === false) return;
    const warning = checkHeader(line.toString('utf8'), { format: options.format, columns, url: source.url });
    if (warning !== undefined) warnings.push(warning);
  });
  const bytes = vettedBytes(openText(source, options), header, new RowVetter(plan));
  const body = sendParts(bytes, source.bytes);
  return {
    route: 'pass-through',
    copyWith: plan.copyWith,
    body,
    report: () => ({
      rowsRead: null,
      // whatever an option would have let go of takes the row engine
      losses: { rejectedRows: 0, truncatedValues: 0, replacedChars: 0, nulledDates: 0 },
      rejected: [],
      warnings,
    }),
  };
}

async function* vettedBytes(
  text: AsyncIterable<Buffer>,
  header: HeaderSkipper,
  vetter: RowVetter,
): AsyncGenerator<Buffer> {
  let head: Buffer | undefined;
  for await (const part of text) {
    let data = part;
    if (!header.done) {
      const bytes: Buffer = head === undefined ? part : Buffer.concat([head, part]);
      data = bytes.subarray(header.skip(bytes, false));
      head = header.done ? undefined : data;
      if (!header.done) continue;
    }
    const vetted = vetter.push(data);
    if (vetted.length > 0) yield vetted;
  }
  if (head !== undefined) yield vetter.push(head.subarray(header.skip(head, true)));
  const rest = vetter.end();
  if (rest.length > 0) yield rest;
}
