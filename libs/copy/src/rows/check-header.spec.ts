import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { CopyFormat } from '../copy-options.ts';
import { checkHeader } from './check-header.ts';

const CSV: CopyFormat = { kind: 'Csv', delimiter: ',', quote: '"' };
const columns = ['id', 'name', 'price', 'day'];

function check(line: string, format: CopyFormat = CSV): string | undefined {
  return checkHeader(line, { format, columns, url: 's3://b/k' });
}

describe('checkHeader', () => {
  it.each(['id,name,price,day', 'ID,"Name", price ,day', 'id,name,price,day,'])(
    'is content with %j',
    (line) => {
      expect(check(line)).toBeUndefined();
    },
  );

  it('knows the delimiter of the options', () => {
    const pipe: CopyFormat = { kind: 'Delimited', delimiter: '|', escape: false, removeQuotes: false };
    expect(check('id|name|price|day', pipe)).toBeUndefined();
  });

  it.each(['name,id,price,day', 'id,name', 'id,name,cost,when', 'id,name,price,day,extra'])(
    'refuses %j, which names half of the columns or more, but not these in this order',
    (line) => {
      expect(() => check(line)).toThrow(Failure);
      expect(() => check(line)).toThrow(/s3:\/\/b\/k.*\(.*id.*\).*\(id, name, price, day\)/);
    },
  );

  it.each(['a,b,c,d', 'id,x,y,z', ''])('only warns of %j, without repeating the line', (line) => {
    const warning = check(line) ?? '';
    expect(warning).toMatch(/names [01] of the 4 columns/);
    expect(warning).not.toContain('a,b');
  });
});
