import type { FoundRequest } from './find-requests.ts';
import { printTime } from './parse-time.ts';
import type { Report } from './report.ts';
import { textTable } from './text-table.ts';

/** loads that are named on the terminal; `--json` has all of them */
const SHOWN_MAX = 50;

/** What was, or would be, sent again. */
export function sentReport(
  requests: readonly FoundRequest[],
  how: { readonly dryRun: boolean; readonly force: boolean },
): Report {
  const loads = requests.map(({ event, key, at, place }) => ({
    loadId: event.loadId,
    key,
    announcedAt: at,
    source: event.source.name,
    replayOf: place,
  }));
  const count = `${loads.length} load${loads.length === 1 ? '' : 's'}`;
  const sentence = how.dryRun ? `would ask again for ${count}` : `asked again for ${count}`;
  const rows = loads
    .slice(0, SHOWN_MAX)
    .map((one) => [one.loadId, one.key, printTime(one.announcedAt), one.source]);
  const table = rows.length === 0 ? [] : [textTable(['load', 'table', 'announced', 'source'], rows)];
  const more = loads.length > SHOWN_MAX ? [`… and ${loads.length - SHOWN_MAX} more`] : [];
  return {
    data: { ...how, count: loads.length, loads },
    text: [...table, ...more, sentence].join('\n'),
    ok: true,
  };
}
