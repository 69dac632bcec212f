import avro from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseETag, parseLoadId, parseWarehouseName } from './brands.ts';
import { decodeEvent, encodeEvent, readFraming } from './codec.ts';
import type {
  CleanCompleted,
  CleanRequested,
  Event,
  LoadCompleted,
  LoadFailed,
  LoadProgress,
  LoadRequested,
  SweepRequested,
} from './events.ts';
import { EVENT_SCHEMAS } from './event-schemas.ts';
import { FAILURES } from './failure.ts';
import type { FailureCode } from './failure.ts';
import type { Step } from './plan.ts';
import { SchemaBook, ownSchemas } from './schema-book.ts';

const FAILURE_CODES = Object.keys(FAILURES) as FailureCode[];

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const long = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
const int = fc.integer();
const optional = { noNullPrototype: true } as const;
const loadId = fc.stringMatching(/^[0-9a-f]{32}$/).map(parseLoadId);
const etag = fc.stringMatching(/^[0-9a-f]{1,32}$/).map(parseETag);
const kind = <K extends string>(name: K) => fc.constant(name);

const fileRef = fc.record(
  { bucket: text, key: text, etag, size: long, lastModified: long, versionId: text },
  { ...optional, requiredKeys: ['bucket', 'key', 'etag', 'size', 'lastModified'] },
);
const files = fc.oneof(
  fc.record({ kind: kind('Inline'), refs: fc.array(fileRef, { maxLength: 3 }) }, optional),
  fc.record(
    { kind: kind('Listed'), list: fc.record({ bucket: text, key: text, etag, count: long }, optional) },
    optional,
  ),
);
const columnSpec = fc.record(
  {
    name: text,
    type: text,
    notNull: fc.boolean(),
    defaultValue: text,
    primaryKey: fc.boolean(),
    distKey: fc.boolean(),
    sortOrder: int,
  },
  { ...optional, requiredKeys: ['name', 'type', 'notNull', 'primaryKey', 'distKey', 'sortOrder'] },
);
const copy = fc.record(
  {
    kind: kind('Copy'),
    files,
    columns: fc.array(text),
    options: text,
    apply: fc.constantFrom('append', 'merge', 'insertAbsent', 'update', 'delete'),
    keys: fc.array(text),
    stagingSelect: text,
  },
  { ...optional, requiredKeys: ['kind', 'files', 'columns', 'options', 'apply', 'keys'] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record(
    {
      kind: kind('EnsureTable'),
      columns: fc.array(columnSpec, { maxLength: 3 }),
      whenMissing: fc.constantFrom('create', 'fail'),
      newColumns: fc.constantFrom('add', 'fail'),
    },
    optional,
  ),
  fc.record(
    {
      kind: kind('DeleteRows'),
      rows: fc.oneof(
        fc.record({ kind: kind('All') }, optional),
        fc.record({ kind: kind('Range'), column: text, from: long, to: long }, optional),
      ),
    },
    optional,
  ),
  copy,
  fc.record({ kind: kind('AddColumn'), column: columnSpec }, optional),
  fc.record({ kind: kind('DropColumn'), name: text }, optional),
  fc.record({ kind: kind('RenameColumn'), from: text, to: text }, optional),
  fc.record({ kind: kind('WidenColumn'), name: text, type: text }, optional),
  fc.record({ kind: kind('TouchLatency'), name: text }, optional),
);
const target = fc.record({ schema: text, table: text }, optional);
const freshness = fc.record(
  {
    column: text,
    granularity: fc.constantFrom('hour', 'day'),
    timeZone: text,
    dataDate: long,
    force: fc.boolean(),
  },
  optional,
);
const plan = fc.record(
  {
    warehouse: fc.oneof(
      fc.record({ kind: kind('Named'), name: fc.constant(parseWarehouseName('main')) }, optional),
      fc.record({ kind: kind('FromManifest'), bucket: text, key: text, etag }, optional),
    ),
    once: fc.oneof(
      fc.record({ kind: kind('EachFile') }, optional),
      fc.record({ kind: kind('Whole') }, optional),
      fc.record({ kind: kind('Sequence'), stream: text, after: text, upTo: text }, optional),
    ),
    tables: fc.array(
      fc.record(
        { target, guard: freshness, steps: fc.array(step, { maxLength: 4 }) },
        { ...optional, requiredKeys: ['target', 'steps'] },
      ),
      { maxLength: 3 },
    ),
    statementTimeoutMs: long,
  },
  optional,
);
const source = fc.record(
  { kind: fc.constantFrom('watcher', 'gateway', 'replicator', 'cli'), name: text },
  optional,
);
const rejectedRow = fc.record(
  { file: text, line: long, column: text, reason: text, copyError: int },
  { ...optional, requiredKeys: ['file', 'line', 'reason'] },
);

const loadRequested: fc.Arbitrary<LoadRequested> = fc.record(
  {
    type: kind('load-requested'),
    loadId,
    requestedAt: long,
    source,
    plan,
    afterLoad: fc.record(
      {
        data: fc.constantFrom('remove', 'keep'),
        manifest: fc.record({ ref: fileRef, action: fc.constantFrom('remove', 'keep') }, optional),
      },
      { ...optional, requiredKeys: ['data'] },
    ),
    retry: fc.boolean(),
    force: fc.boolean(),
  },
  optional,
);
const count = fc.option(long, { nil: null });
const losses = fc.record(
  { rejectedRows: count, truncatedValues: count, replacedChars: count, nulledDates: count },
  optional,
);
const loadCompleted: fc.Arbitrary<LoadCompleted> = fc.record(
  {
    type: kind('load-completed'),
    loadId,
    outcome: fc.constantFrom('loaded', 'nothing-to-do', 'stale'),
    requestedAt: long,
    startedAt: long,
    completedAt: long,
    tables: fc.array(
      fc.record(
        {
          target,
          rowsRead: long,
          rowsInserted: long,
          rowsDeleted: long,
          duplicateKeys: long,
          nullKeys: long,
          losses,
        },
        optional,
      ),
      { maxLength: 2 },
    ),
    files: fc.array(
      fc.record(
        {
          ref: fileRef,
          status: fc.constantFrom(
            'loaded',
            'already-loaded',
            'failed-before',
            'missing',
            'changed',
            'set-aside',
            'left-alone',
          ),
          rows: long,
        },
        optional,
      ),
      { maxLength: 3 },
    ),
    list: files,
    rejected: fc.array(rejectedRow, { maxLength: 2 }),
    warnings: fc.array(text),
    attempt: int,
  },
  {
    ...optional,
    requiredKeys: [
      'type',
      'loadId',
      'outcome',
      'requestedAt',
      'startedAt',
      'completedAt',
      'tables',
      'files',
      'rejected',
      'warnings',
      'attempt',
    ],
  },
);
const loadFailed: fc.Arbitrary<LoadFailed> = fc.record(
  {
    type: kind('load-failed'),
    loadId,
    failedAt: long,
    code: fc.constantFrom(...FAILURE_CODES),
    message: text,
    remedy: text,
    stage: text,
    attempt: int,
    rejected: fc.array(rejectedRow, { maxLength: 2 }),
    files: fc.array(text),
    source,
  },
  optional,
);
const loadProgress: fc.Arbitrary<LoadProgress> = fc.record(
  {
    type: kind('load-progress'),
    loadId,
    at: long,
    stage: fc.constantFrom('fence', 'ledger', 'copy', 'apply', 'commit', 'publish'),
    filesDone: long,
    filesTotal: long,
    rows: long,
  },
  optional,
);
const cleanRequested: fc.Arbitrary<CleanRequested> = fc.record(
  {
    type: kind('clean-requested'),
    loadId,
    requestedAt: long,
    data: files,
    dataAction: fc.constantFrom('remove', 'keep'),
    manifest: fileRef,
  },
  { ...optional, requiredKeys: ['type', 'loadId', 'requestedAt', 'data', 'dataAction'] },
);
const cleanOutcome = fc.constantFrom(
  ...(['deleted', 'archived', 'tagged', 'kept', 'newer', 'gone', 'denied'] as const),
);
const cleanCompleted: fc.Arbitrary<CleanCompleted> = fc.record(
  {
    type: kind('clean-completed'),
    loadId,
    completedAt: long,
    files: fc.array(fc.record({ ref: fileRef, outcome: cleanOutcome }, optional), { maxLength: 3 }),
    counts: fc.array(fc.record({ outcome: cleanOutcome, count: long }, optional), { maxLength: 3 }),
  },
  optional,
);
const sweepRequested: fc.Arbitrary<SweepRequested> = fc.record(
  { type: kind('sweep-requested'), requestedAt: long, bucket: text, directory: text, reason: text },
  optional,
);

const SWEEP: SweepRequested = {
  type: 'sweep-requested',
  requestedAt: 1,
  bucket: 'b',
  directory: 'd/',
  reason: 'r',
};

const sweepSchema = (): { fields: { name: string; type: unknown; default?: unknown }[] } & object =>
  JSON.parse(ownSchemas().find((own) => own.type === 'sweep-requested')?.json ?? '');

/** Bytes of a sweep-requested as another release would write them. */
function writtenWith(schema: object, value: object): { json: string; bytes: Buffer } {
  const json = JSON.stringify(schema);
  const type = avro.Type.forSchema(JSON.parse(json), { wrapUnions: 'always' });
  const head = Buffer.concat([
    Buffer.from([0xc3, 1]),
    Buffer.from(new SchemaBook().add(json), 'hex').reverse(),
  ]);
  return { json, bytes: Buffer.concat([head, type.toBuffer(value)]) };
}

describe('events on the wire', () => {
  const events: [Event['type'], fc.Arbitrary<Event>][] = [
    ['load-requested', loadRequested],
    ['load-completed', loadCompleted],
    ['load-failed', loadFailed],
    ['load-progress', loadProgress],
    ['clean-requested', cleanRequested],
    ['clean-completed', cleanCompleted],
    ['sweep-requested', sweepRequested],
  ];
  it.each(events)('%s comes back as it was sent, in both framings', (type, arbitrary) => {
    const book = new SchemaBook();
    book.add(ownSchemas().find((own) => own.type === type)?.json ?? '', 7);
    fc.assert(
      fc.property(arbitrary, (event) => {
        expect(decodeEvent(encodeEvent(event), book)).toStrictEqual({ kind: 'event', event });
        const confluent = encodeEvent(event, { registryId: 7 });
        expect(decodeEvent(confluent, book)).toStrictEqual({ kind: 'event', event });
      }),
    );
  });

  it('start with C3 01 and the fingerprint of their schema, little-endian', () => {
    const bytes = encodeEvent(SWEEP);
    const own = EVENT_SCHEMAS.find((schema) => schema.type === 'sweep-requested');
    expect(bytes.subarray(0, 2).toString('hex')).toBe('c301');
    expect(bytes.subarray(2, 10).reverse().toString('hex')).toBe(own?.fingerprint);
  });

  it('the published schema is self-contained: its fingerprint is the one on the wire', () => {
    for (const own of ownSchemas()) expect(new SchemaBook().add(own.json)).toBe(own.fingerprint);
  });

  it('every failure code has its symbol', () => {
    const [event] = fc.sample(loadFailed, 1);
    const book = new SchemaBook();
    const back = FAILURE_CODES.map((code) => event && decodeEvent(encodeEvent({ ...event, code }), book));
    expect(back).toEqual(FAILURE_CODES.map((code) => ({ kind: 'event', event: { ...event, code } })));
  });

  it.each([
    [2 ** 52 + 1, /requestedAt.*2\^52/],
    [-(2 ** 52) - 1, /requestedAt.*2\^52/],
    [1.5, /requestedAt.*whole number/],
    [Number.NaN, /requestedAt.*NaN/],
  ])('a number that a reader could not hold (%d) is refused with its path', (requestedAt, message) => {
    expect(() => encodeEvent({ ...SWEEP, requestedAt })).toThrow(message);
  });
});

describe('bytes of others', () => {
  it('an older schema is read with the defaults of what it did not know', () => {
    const own: { fields: { name: string }[] } = JSON.parse(
      ownSchemas().find((schema) => schema.type === 'clean-requested')?.json ?? '',
    );
    const older = { ...own, fields: own.fields.filter((field) => field.name !== 'manifest') };
    const data = { 'dopplershift.Inline': { refs: [] } };
    const value = { loadId: 'l', requestedAt: 1, data, dataAction: 'keep' };
    const { json, bytes } = writtenWith(older, value);
    const book = new SchemaBook();
    book.add(json);
    const event = { ...value, type: 'clean-requested', data: { kind: 'Inline', refs: [] } };
    expect(decodeEvent(bytes, book)).toStrictEqual({ kind: 'event', event });
  });

  it('a schema without a field that has no default cannot be read, and its messages wait', () => {
    const schema = sweepSchema();
    const older = { ...schema, fields: schema.fields.filter((field) => field.name !== 'reason') };
    const { json, bytes } = writtenWith(older, { requestedAt: 1, bucket: 'b', directory: 'd/' });
    const book = new SchemaBook();
    book.add(json);
    expect(decodeEvent(bytes, book)).toMatchObject({ kind: 'unknown-schema' });
  });

  it('a newer schema with one more optional field is read without it', () => {
    const schema = sweepSchema();
    const more = { name: 'urgency', type: ['null', 'int'], default: null };
    const newer = { ...schema, fields: [...schema.fields, more] };
    const { json, bytes } = writtenWith(newer, { ...SWEEP, urgency: { int: 3 } });
    const book = new SchemaBook();
    expect(decodeEvent(bytes, book)).toMatchObject({ kind: 'unknown-schema' });
    book.add(json);
    expect(decodeEvent(bytes, book)).toStrictEqual({ kind: 'event', event: SWEEP });
  });

  it('a schema with a step this build does not know is unknown, not garbage', () => {
    const own = ownSchemas().find((schema) => schema.type === 'load-requested')?.json ?? '';
    const json = own.replace('"TouchLatency"', '"FoldSpace"').replaceAll('.TouchLatency', '.FoldSpace');
    expect(json).not.toBe(own);
    const book = new SchemaBook();
    const fingerprint = book.add(json);
    const bytes = Buffer.concat([
      Buffer.from([0xc3, 1]),
      Buffer.from(fingerprint, 'hex').reverse(),
      Buffer.from([0]),
    ]);
    expect(decodeEvent(bytes, book)).toMatchObject({ kind: 'unknown-schema', fingerprint });
  });

  it('the schema of something else is no event', () => {
    const book = new SchemaBook();
    const fingerprint = book.add('"string"');
    expect(book.find(fingerprint)).toMatchObject({ kind: 'unreadable' });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('{"type":"load-requested"}')],
    ['a head without a body', encodeEvent(SWEEP).subarray(0, 10)],
    ['a message cut short', encodeEvent(SWEEP).subarray(0, -1)],
    ['a message with a tail', Buffer.concat([encodeEvent(SWEEP), Buffer.from([0])])],
  ])('%s is undecodable', (_what, bytes) => {
    expect(decodeEvent(bytes, new SchemaBook()).kind).toBe('undecodable');
  });

  it('a registry id nobody told us about is an unknown schema', () => {
    const bytes = encodeEvent(SWEEP, { registryId: 9 });
    expect(readFraming(bytes)).toMatchObject({ kind: 'confluent', id: 9 });
    expect(decodeEvent(bytes, new SchemaBook())).toMatchObject({ fingerprint: 'id:9' });
  });

  it('decoding never throws, whatever the bytes are', () => {
    const book = new SchemaBook();
    const heads = fc.constantFrom(
      Buffer.alloc(0),
      ...EVENT_SCHEMAS.map((own) =>
        Buffer.concat([Buffer.from([0xc3, 1]), Buffer.from(own.fingerprint, 'hex').reverse()]),
      ),
    );
    const kinds = new Set<string>();
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 200 }), (head, body) => {
        kinds.add(decodeEvent(Buffer.concat([head, body]), book).kind);
      }),
    );
    expect(kinds).toContain('undecodable');
  });
});
