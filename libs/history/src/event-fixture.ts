/** Events as the specs of this room need them; everything may be replaced. */
import type {
  CleanCompleted,
  Event,
  FileRef,
  LoadCompleted,
  LoadFailed,
  LoadProgress,
  LoadRequested,
} from '#contracts';
import { parseETag, parseLoadId, parseWarehouseName } from '#contracts';
import type { Recorded } from './load-record.ts';

export const KEY = 'dw1/public.t';

export function loadId(number: number) {
  return parseLoadId(number.toString(16).padStart(32, '0'));
}

export function fileRef(key: string): FileRef {
  return { bucket: 'drops', key, etag: parseETag(`etag-of-${key}`), size: 10, lastModified: 1_000 };
}

export function recorded(event: Event, key = KEY): Recorded {
  return { event, key };
}

export function requested(
  load: number,
  requestedAt: number,
  more: Partial<LoadRequested> & { readonly files?: readonly FileRef[] } = {},
): LoadRequested {
  const { files = [fileRef('d/1.csv')], ...rest } = more;
  const copy = { kind: 'Copy', columns: ['id'], options: '', apply: 'append', keys: [] } as const;
  return {
    type: 'load-requested',
    loadId: loadId(load),
    requestedAt,
    source: { kind: 'watcher', name: 's3://drops/d/manifest.edn' },
    plan: {
      warehouse: { kind: 'Named', name: parseWarehouseName('dw1') },
      once: { kind: 'EachFile' },
      tables: [
        {
          target: { schema: 'public', table: 't' },
          steps: [{ ...copy, files: { kind: 'Inline', refs: files } }],
        },
      ],
      statementTimeoutMs: 1_000,
    },
    afterLoad: { data: 'remove' },
    retry: false,
    force: false,
    ...rest,
  };
}

export function completed(
  load: number,
  completedAt: number,
  more: Partial<LoadCompleted> = {},
): LoadCompleted {
  const losses = { rejectedRows: 0, truncatedValues: 0, replacedChars: 0, nulledDates: 0 };
  const rows = more.outcome === 'nothing-to-do' ? 0 : 7;
  const table = { rowsRead: rows, rowsInserted: rows, rowsDeleted: 2, duplicateKeys: 0, nullKeys: 0, losses };
  return {
    type: 'load-completed',
    loadId: loadId(load),
    outcome: 'loaded',
    requestedAt: completedAt - 30,
    startedAt: completedAt - 20,
    completedAt,
    tables: [{ target: { schema: 'public', table: 't' }, ...table }],
    files: [{ ref: fileRef('d/1.csv'), status: 'loaded', rows }],
    rejected: [],
    warnings: [],
    attempt: 1,
    ...more,
  };
}

export function failed(load: number, failedAt: number, more: Partial<LoadFailed> = {}): LoadFailed {
  return {
    type: 'load-failed',
    loadId: loadId(load),
    failedAt,
    code: 'copy-rejected',
    message: 'a row was refused',
    remedy: 'Correct the row.',
    stage: 'copy',
    attempt: 1,
    rejected: [{ file: 's3://drops/d/1.csv', line: 3, column: 'id', reason: 'Invalid digit' }],
    files: ['s3://drops/d/1.csv'],
    source: { kind: 'watcher', name: 's3://drops/d/manifest.edn' },
    ...more,
  };
}

export function progressed(load: number, at: number, more: Partial<LoadProgress> = {}): LoadProgress {
  const done = { stage: 'copy', filesDone: 1, filesTotal: 2, rows: 5 } as const;
  return { type: 'load-progress', loadId: loadId(load), at, ...done, ...more };
}

export function cleaned(
  load: number,
  completedAt: number,
  more: Partial<CleanCompleted> = {},
): CleanCompleted {
  return {
    type: 'clean-completed',
    loadId: loadId(load),
    completedAt,
    files: [{ ref: fileRef('d/1.csv'), outcome: 'deleted' }],
    counts: [{ outcome: 'deleted', count: 1 }],
    ...more,
  };
}
