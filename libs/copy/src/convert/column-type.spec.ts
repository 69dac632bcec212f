import { describe, expect, it } from 'vitest';
import { columnType } from './column-type.ts';

describe('columnType', () => {
  it.each([
    ['smallint', { kind: 'Integer', bytes: 2 }],
    ['integer', { kind: 'Integer', bytes: 4 }],
    ['bigint', { kind: 'Integer', bytes: 8 }],
    ['int8', { kind: 'Integer', bytes: 8 }],
    ['numeric', { kind: 'Decimal' }],
    ['numeric(8,2)', { kind: 'Decimal', fit: { precision: 8, scale: 2 } }],
    ['DECIMAL(18)', { kind: 'Decimal', fit: { precision: 18, scale: 0 } }],
    ['real', { kind: 'Float', bytes: 4 }],
    ['double precision', { kind: 'Float', bytes: 8 }],
    ['boolean', { kind: 'Boolean' }],
    ['date', { kind: 'Date' }],
    ['timestamp without time zone', { kind: 'Timestamp', withZone: false }],
    ['timestamp(3) without time zone', { kind: 'Timestamp', withZone: false }],
    ['timestamp with time zone', { kind: 'Timestamp', withZone: true }],
    ['timestamp(6) with time zone', { kind: 'Timestamp', withZone: true }],
    ['timestamptz', { kind: 'Timestamp', withZone: true }],
    ['timestamp', { kind: 'Timestamp', withZone: false }],
    ['time without time zone', { kind: 'Time', withZone: false }],
    ['time with time zone', { kind: 'Time', withZone: true }],
    ['character varying(10)', { kind: 'VarChar', length: 10 }],
    ['character varying', { kind: 'VarChar' }],
    ['varchar(max)', { kind: 'VarChar', length: 65_535 }],
    ['text', { kind: 'VarChar' }],
    ['character(5)', { kind: 'Char', length: 5 }],
    ['bpchar', { kind: 'Char' }],
  ])('%s', (text, type) => {
    expect(columnType(text)).toEqual(type);
  });

  it.each(['uuid', 'bytea', 'integer[]', 'character varying(10)[]', '"char"', 'shop.colour'])(
    'leaves %s to the server',
    (text) => {
      expect(columnType(text)).toEqual({ kind: 'Other' });
    },
  );

  it.each(['super', 'json', 'jsonb'])('knows %s as JSON', (text) => {
    expect(columnType(text)).toEqual({ kind: 'Json' });
  });

  it('leaves a scale beyond the precision to the server', () => {
    expect(columnType('numeric(2,5)')).toEqual({ kind: 'Other' });
  });
});
