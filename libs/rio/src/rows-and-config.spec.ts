import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJobPayload, parseTableConfig } from '#sources';
import { COLUMN_TYPES, configYaml, validate, validateForSend } from './destination-config.ts';
import type { DestinationConfig } from './destination-config.ts';
import { gzip } from './gzip.ts';
import { jobText } from './post-job.ts';
import { RowBuffer } from './row-buffer.ts';

describe('the buffer of rows', () => {
  const row = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.integer({ min: 60_000, max: 140_000 }).map((length) => 'ü'.repeat(length / 2)),
  );

  it('holds rows one after the other, and goes back to where it was', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(row, fc.boolean())), fc.boolean(), (rows, isCleared) => {
        const buffer = new RowBuffer();
        if (isCleared) {
          buffer.append('x'.repeat(100_000));
          buffer.clear();
        }
        const kept: string[] = [];
        for (const [text, isKept] of rows) {
          const before = buffer.mark;
          buffer.append(text);
          if (isKept) kept.push(text);
          else buffer.goBackTo(before);
        }
        const whole = Buffer.concat([...buffer.content()]);
        expect(whole.equals(Buffer.from(kept.map((text) => `${text}\n`).join('')))).toBe(true);
        expect([buffer.rows, buffer.bytes]).toEqual([kept.length, whole.length]);
      }),
    );
  });

  it('becomes gzip, also where that is no smaller', async () => {
    const noise = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * at * 31 + at * 17) % 251));
    for (const content of [[noise, noise], [Buffer.from('')]]) {
      const bytes = content.reduce((sum, { length }) => sum + length, 0);
      const { gunzipSync } = await import('node:zlib');
      for (const level of [1, 9])
        expect(gunzipSync(await gzip(content, bytes, level)).equals(Buffer.concat(content))).toBe(true);
    }
  });
});

describe('a destination config', () => {
  const good: DestinationConfig = {
    schema: 's',
    table: 't',
    columns: [
      {
        name: 'id',
        type: 'int',
        distKey: true,
        sortOrd: 2,
        notNull: true,
        primaryKey: true,
        defaultVal: '0',
      },
      { name: 'time', type: 'timestamp', sortOrd: 1 },
    ],
    dataTimestampColumn: 'time',
  };

  it('is read by the job it is for', () => {
    const parsed = parseTableConfig(Buffer.from(configYaml(good)), good);
    expect(parsed).toMatchObject({
      kind: 'config',
      config: {
        dataDateColumn: 'time',
        columns: [
          {
            name: 'id',
            type: 'integer',
            distKey: true,
            sortOrder: 2,
            notNull: true,
            primaryKey: true,
            defaultValue: '0',
          },
          { name: 'time', type: 'timestamp without time zone', sortOrder: 1 },
        ],
      },
    });
  });

  it('may have any type and any name', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 });
    const safe = name.filter((text) => !/["\p{Cc}]/u.test(text) && Buffer.byteLength(text) < 60);
    const column = fc.record({ name: safe, type: fc.constantFrom(...COLUMN_TYPES) });
    const unique = fc.uniqueArray(column, { selector: (one) => one.name.toLowerCase(), maxLength: 8 });
    fc.assert(
      fc.property(unique, (columns) => {
        const time = { name: 'the time', type: 'timestamp' } as const;
        const config = { ...good, columns: [...columns, time], dataTimestampColumn: time.name };
        validateForSend(config);
        expect(parseTableConfig(Buffer.from(configYaml(config)), config)).toMatchObject({
          config: { columns: config.columns.map((one) => ({ name: one.name })) },
        });
      }),
    );
  });

  it('says everything that is wrong with it', () => {
    const column = { name: 'id', type: 'int', distKey: true, sortOrd: 1 } as const;
    const bad = { schema: 'a b', table: '', columns: [column, column, { ...column, name: '', sortOrd: -1 }] };
    expect(() => validate(bad)).toThrow(
      'destination config: schema "a b" is not a plain name; table is missing; column id appears twice; ' +
        'column id has sortOrd 1, as has id; column 3 has no name; column 3 has sortOrd -1; from 1; ' +
        'more than one distKey: id, id',
    );
    const odd = { ...good, columns: [{ name: 'x', type: 'strange' }] };
    const check = (): unknown => Reflect.apply(validate, undefined, [odd]);
    expect(check).toThrow(`column x has type strange; one of ${COLUMN_TYPES.join(', ')}`);
    expect(() => validateForSend({ ...good, dataTimestampColumn: 'id' })).toThrow('is of type int');
  });
});

describe('the text of a job', () => {
  it('is understood as it was meant', () => {
    const words = {
      bucket: 'b',
      schema: 's',
      table: 't',
      date: '2015-07-01T10:00:00Z',
      granularity: undefined,
    };
    const text = jobText({ ...words, truncate: true, force: true });
    expect(text).toBe(
      '--bucket b --schema s --tables t --date 2015-07-01T10:00:00Z --gzip --truncate --force',
    );
    expect(parseJobPayload(Buffer.from(text))).toMatchObject({
      job: { bucket: 'b', schema: 's', tables: ['t'], gzip: true, truncate: true, force: true },
    });
    const adding = jobText({ ...words, truncate: false, force: false, granularity: 'stream' });
    const at = Date.UTC(2015, 6, 1, 10);
    expect(parseJobPayload(Buffer.from(adding))).toMatchObject({
      job: { truncate: false, period: { kind: 'stream', from: at, to: at } },
    });
  });
});
