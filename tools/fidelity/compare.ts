import type { Expected, RejectedLine } from '#copy-vectors';
import type { Found } from './carry-out.ts';

/** Every difference as a sentence; none: the server does as the vector says. */
export function differences(expected: Expected, found: Found): string[] {
  switch (expected.kind) {
    case 'Loaded':
      return found.error === undefined
        ? [...rowsDiffer(expected.rows, found), ...errorsDiffer(expected.rejected ?? [], found)]
        : [`is refused: ${found.error}`, ...told(found)];
    case 'Refused': {
      const stays = found.rows.length > 0 ? [`leaves ${found.rows.length} rows in the table`] : [];
      const refuses = found.error === undefined ? ['is not refused'] : [];
      return [...refuses, ...stays, ...lacksErrors(expected.rejected ?? [], found)];
    }
  }
}

function rowsDiffer(rows: readonly (readonly (string | null)[])[], found: Found): string[] {
  const [wanted, there] = [rows, found.rows].map((some) => some.map((row) => JSON.stringify(row)).toSorted());
  const counted = found.count === rows.length ? [] : [`counts ${found.count} rows, not ${rows.length}`];
  if (wanted?.join() === there?.join()) return counted;
  return [`loads ${there?.join(' ') || 'nothing'}, not ${wanted?.join(' ') || 'nothing'}`, ...counted];
}

function errorsDiffer(wanted: readonly RejectedLine[], found: Found): string[] {
  const extra = (found.rejected?.length ?? 0) - wanted.length;
  const more = extra > 0 ? [`records ${extra} load errors too many: ${told(found).join()}`] : [];
  return [...lacksErrors(wanted, found), ...more];
}

/** A COPY that fails may have met more errors than it stopped at. */
function lacksErrors(wanted: readonly RejectedLine[], found: Found): string[] {
  if (wanted.length === 0) return [];
  if (found.rejected === undefined) return ['has no view of load errors that can be read'];
  const missing = wanted.filter((line) => !found.rejected?.some((one) => isAsWanted(line, one)));
  return missing.map((line) => `lacks the load error ${JSON.stringify(line)}; ${told(found).join()}`);
}

function isAsWanted(wanted: RejectedLine, { file, line, column, code }: RejectedLine): boolean {
  const isSameFile = wanted.file === undefined || wanted.file === file;
  const isSameColumn = wanted.column === undefined || wanted.column === column;
  return isSameFile && isSameColumn && wanted.line === line && wanted.code === code;
}

function told({ rejected = [] }: Found): string[] {
  return [rejected.length === 0 ? 'none is recorded' : `recorded: ${JSON.stringify(rejected)}`];
}
