/**
 * One event of every kind that uses every step, union and optional field: what a release's bytes are made
 * of.
 */
import { parseETag, parseLoadId, parseWarehouseName } from '../src/index.ts';
import type { ColumnSpec, Event, FileRef, LoadPlan } from '../src/index.ts';

const loadId = parseLoadId('0123456789abcdef0123456789abcdef');
const AT = 1_790_000_000_123;
const target = { schema: 'public', table: 'Größe' };
const source = { kind: 'watcher', name: 's3://bucket/dir/manifest.edn' } as const;
const plain: FileRef = {
  bucket: 'bucket',
  key: 'dir/a b+c=ü.csv',
  etag: parseETag('d41d8cd9'),
  size: 5_368_709_121,
  lastModified: 1_790_000_000_000,
};
const versioned: FileRef = { ...plain, key: 'dir/b.csv', versionId: 'v1' };
const inline = { kind: 'Inline', refs: [plain, versioned] } as const;
const list = { bucket: 'bucket', key: 'lists/1.json', etag: parseETag('e1'), count: 10_000 };
const listed = { kind: 'Listed', list } as const;
const column: ColumnSpec = {
  name: 'id',
  type: 'bigint',
  notNull: true,
  primaryKey: true,
  distKey: true,
  sortOrder: 1,
};
const copy = { kind: 'Copy', columns: ['id', 'name'], options: 'csv gzip', keys: ['id'] } as const;
const rejected = [
  { file: 's3://bucket/dir/b.csv', line: 3, column: 'id', reason: 'not a number', copyError: 1207 },
  { file: 's3://bucket/dir/b.csv', line: 4, reason: 'too short' },
];

const everything: LoadPlan = {
  warehouse: { kind: 'Named', name: parseWarehouseName('main') },
  once: { kind: 'Sequence', stream: 'orders', after: '0/1', upTo: '0/2' },
  tables: [
    {
      target,
      guard: { column: 'day', granularity: 'day', timeZone: 'Europe/Berlin', dataDate: AT, force: false },
      steps: [
        {
          kind: 'EnsureTable',
          columns: [column, { ...column, defaultValue: '0', sortOrder: 0 }],
          whenMissing: 'create',
          newColumns: 'fail',
        },
        { kind: 'EnsureTable', columns: [], whenMissing: 'fail', newColumns: 'add', check: 'by-name' },
        { kind: 'EnsureTable', columns: [], whenMissing: 'fail', newColumns: 'add', check: 'by-position' },
        { kind: 'DeleteRows', rows: { kind: 'All' } },
        { kind: 'DeleteRows', rows: { kind: 'Range', column: 'day', from: 0, to: AT } },
        {
          kind: 'DeleteRows',
          rows: { kind: 'Range', column: 'day', from: 0, to: AT, wall: { from: -1, to: AT } },
        },
        { ...copy, files: inline, apply: 'merge', stagingSelect: 'distinct' },
        { ...copy, files: listed, apply: 'insertAbsent' },
        { kind: 'AddColumn', column },
        { kind: 'DropColumn', name: 'old' },
        { kind: 'RenameColumn', from: 'a', to: 'b' },
        { kind: 'WidenColumn', name: 'b', type: 'varchar(99)' },
        { kind: 'TouchLatency', name: 'orders' },
      ],
    },
  ],
  statementTimeoutMs: 3_600_000,
};
const least: LoadPlan = {
  warehouse: { kind: 'FromManifest', bucket: 'bucket', key: 'dir/manifest.edn', etag: parseETag('m1') },
  once: { kind: 'EachFile' },
  tables: [{ target, steps: [] }],
  statementTimeoutMs: 1,
};
const request = { type: 'load-requested', loadId, requestedAt: AT, source } as const;

export const SAMPLES: readonly Event[] = [
  {
    ...request,
    plan: everything,
    afterLoad: { data: 'remove', manifest: { ref: plain, action: 'keep' } },
    retry: true,
    force: false,
  },
  { ...request, plan: least, afterLoad: { data: 'keep' }, retry: false, force: true },
  {
    ...request,
    plan: { ...least, once: { kind: 'Whole' } },
    afterLoad: { data: 'keep' },
    retry: false,
    force: true,
  },
  {
    type: 'load-completed',
    loadId,
    outcome: 'nothing-to-do',
    requestedAt: AT,
    startedAt: AT,
    completedAt: AT,
    tables: [
      {
        target,
        rowsRead: 9,
        rowsInserted: 7,
        rowsDeleted: 2,
        duplicateKeys: 1,
        nullKeys: 1,
        losses: { rejectedRows: 2, truncatedValues: null, replacedChars: 0, nulledDates: null },
      },
    ],
    files: [
      { ref: plain, status: 'already-loaded', rows: 0 },
      { ref: versioned, status: 'set-aside', rows: 9 },
      { ref: versioned, status: 'left-alone', rows: 0 },
    ],
    list: listed,
    rejected,
    warnings: ['the header differs'],
    attempt: 2,
  },
  {
    type: 'load-failed',
    loadId,
    failedAt: AT,
    code: 'copy-rejected',
    message: 'row 3',
    remedy: 'correct it',
    stage: 'copy',
    attempt: 1,
    rejected,
    files: ['s3://bucket/dir/b.csv'],
    source: { kind: 'gateway', name: 'job 7' },
  },
  { type: 'load-progress', loadId, at: AT, stage: 'apply', filesDone: 1, filesTotal: 2, rows: 100 },
  { type: 'clean-requested', loadId, requestedAt: AT, data: inline, dataAction: 'remove', manifest: plain },
  { type: 'clean-requested', loadId, requestedAt: AT, data: listed, dataAction: 'keep' },
  {
    type: 'clean-completed',
    loadId,
    completedAt: AT,
    files: [{ ref: plain, outcome: 'archived' }],
    counts: [{ outcome: 'newer', count: 3 }],
  },
  { type: 'sweep-requested', requestedAt: AT, bucket: 'bucket', directory: 'dir/', reason: 'a hint' },
];
