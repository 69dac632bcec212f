import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowTarget } from '../row-target.ts';
import type { RowSplitter } from './row-splitter.ts';
import { ROW_BYTES_MAX, RowTextReader } from './row-text-reader.ts';
import { HeaderSkipper } from './skip-header.ts';
import { CsvSplitter } from './split-csv.ts';
import { EscapedSplitter } from './split-escaped.ts';
import { FixedWidthSplitter } from './split-fixed.ts';
import { PlainSplitter } from './split-plain.ts';

/** Rows as texts, NULL as null; refusals as `line:code` or `line:column:code`. */
class Collected implements RowTarget {
  readonly columnCount: number;
  readonly rows: (string | null)[][] = [];
  readonly lines: number[] = [];
  readonly refused: string[] = [];
  #row: (string | null)[] = [];

  constructor(columnCount: number) {
    this.columnCount = columnCount;
  }
  begin(): void {
    this.#row = [];
  }
  convert(_column: number, bytes: Buffer, start: number, end: number, isNull = false): number {
    this.#row.push(isNull ? null : bytes.toString('utf8', start, end));
    return 0;
  }
  accept(line: number): void {
    this.rows.push(this.#row);
    this.lines.push(line);
  }
  reject(line: number, column: number, code: number): void {
    this.refused.push(column < 0 ? `${line}:${code}` : `${line}:${column}:${code}`);
  }
}

type How = {
  readonly columns?: number;
  readonly header?: number;
  readonly ignoreBlankLines?: boolean;
  readonly fill?: readonly ('empty' | 'null')[];
  /** bytes per chunk */
  readonly chunk?: number;
};

function read(splitter: RowSplitter, text: string | Buffer, how: How = {}): Collected {
  const bytes = Buffer.from(text);
  const rows = new Collected(how.columns ?? 2);
  const reader = new RowTextReader(
    {
      splitter,
      header: new HeaderSkipper(how.header ?? 0, () => undefined),
      ignoreBlankLines: how.ignoreBlankLines ?? false,
      fill: how.fill,
    },
    rows,
  );
  const size = how.chunk ?? bytes.length + 1;
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return rows;
}

const pipe = new PlainSplitter('|');
const csv = new CsvSplitter({ delimiter: ',', quote: '"' });
const escaped = new EscapedSplitter({
  delimiter: '|',
  escape: true,
  removeQuotes: false,
  nullIsBackslashN: true,
});
const unquoted = new EscapedSplitter({
  delimiter: '|',
  escape: false,
  removeQuotes: true,
  nullIsBackslashN: true,
});

describe('delimited rows', () => {
  it.each<[string, string, (string | null)[][]]>([
    [
      'LF',
      '1|a\n2|b\n',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'CRLF',
      '1|a\r\n2|b\r\n',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'a missing last line end',
      '1|a\n2|b',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'a last CR without LF',
      '1|a\r\n2|b\r',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'a trailing delimiter',
      '1|a|\n2|b|\n',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'empty fields',
      '|\na|\n',
      [
        ['', ''],
        ['a', ''],
      ],
    ],
    ['a byte order mark', '\ufeff1|a\n', [['1', 'a']]],
    ['a CR inside a line', 'a\rb|c\n', [['a\rb', 'c']]],
    ['nothing at all', '', []],
  ])('are read with %s', (_what, text, expected) => {
    for (const chunk of [1, 2, 3, 1000]) {
      const { rows, refused } = read(pipe, text, { chunk });
      expect({ chunk, rows, refused }).toEqual({ chunk, rows: expected, refused: [] });
    }
  });

  it('of the wrong width are refused with their line and the first missing column', () => {
    const { rows, refused } = read(pipe, 'a|b\nc\nd|e|f\n\ng|h\n');
    expect(rows).toEqual([
      ['a', 'b'],
      ['g', 'h'],
    ]);
    expect(refused).toEqual(['2:1:1203', '3:1202', '4:1211']);
  });

  it('take several characters as one delimiter', () => {
    const { rows } = read(new PlainSplitter('|~|'), 'a|~|b|~\n|~|x|~|\n', { chunk: 1 });
    expect(rows).toEqual([
      ['a', 'b|~'],
      ['', 'x'],
    ]);
  });

  it('skip blank lines and n header lines when asked to, and still count them', () => {
    const how = { header: 2, ignoreBlankLines: true, chunk: 1 };
    const { rows, lines } = read(pipe, 'h|h\r\nh2\n\n\r\na|b\n\nc|d\n', how);
    expect(rows).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(lines).toEqual([5, 7]);
  });

  it('are filled up under FILLRECORD', () => {
    const { rows } = read(pipe, 'a\n\n', { columns: 3, fill: ['empty', 'null', 'empty'] });
    expect(rows).toEqual([
      ['a', null, ''],
      ['', null, ''],
    ]);
  });

  it('of one column may be empty', () => {
    expect(read(pipe, 'a\n\nb\n', { columns: 1 }).rows).toEqual([['a'], [''], ['b']]);
  });

  it('longer than 4 MB are refused by their line, and reading goes on after them', () => {
    const long = 'x'.repeat(ROW_BYTES_MAX + 10);
    const { rows, refused, lines } = read(pipe, `a|b\n${long}\nc|d\n`, { chunk: 65_536 });
    expect(refused).toEqual(['2:1216']);
    expect(rows).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(lines).toEqual([1, 3]);
  });
});

describe('CSV rows', () => {
  it.each<[string, string, (string | null)[][]]>([
    ['doubled quotes (vector 8)', '1,"All ""non-musical"" theatre"\n', [['1', 'All "non-musical" theatre']]],
    ['white space around quotes (vector 10)', '1, "a" \n', [['1', 'a']]],
    ['line ends inside quotes (vector 11)', '1,"a\nb\r\nc"\n', [['1', 'a\nb\r\nc']]],
    ['a delimiter inside quotes', '"a,b",c\r\n', [['a,b', 'c']]],
    ['empty quotes', '"",""\n', [['', '']]],
    ['only quotes inside quotes', '"""""",x\n', [['""', 'x']]],
    ['a quote inside an unquoted field', 'a"b,5" pipe\n', [['a"b', '5" pipe']]],
    ['a closing quote as the last byte', 'x,"y"', [['x', 'y']]],
    ['a quoted field before the last CR', 'x,"y"\r', [['x', 'y']]],
    ['a trailing delimiter', '"x","y",\n', [['x', 'y']]],
    ['blanks that are no quotes', ' a , b \n', [[' a ', ' b ']]],
  ])('are read with %s', (_what, text, expected) => {
    for (const chunk of [1, 2, 1000]) {
      const { rows, refused } = read(csv, text, { chunk });
      expect({ chunk, rows, refused }).toEqual({ chunk, rows: expected, refused: [] });
    }
  });

  it('take another quote, and then a bare " is a character (vector 9)', () => {
    const percent = new CsvSplitter({ delimiter: ',', quote: '%' });
    expect(read(percent, '1,%a "b", c%\n').rows).toEqual([['1', 'a "b", c']]);
  });

  it('keep tabs around quotes when the delimiter is a tab', () => {
    const tabs = new CsvSplitter({ delimiter: '\t', quote: '"' });
    expect(read(tabs, '"a"\t"b"\n').rows).toEqual([['a', 'b']]);
  });

  it('count physical lines and name the line a row starts on', () => {
    const { lines, refused } = read(csv, '1,"a\nb"\n2,c\nshort\n"x\n",y\n');
    expect(lines).toEqual([1, 3, 5]);
    expect(refused).toEqual(['4:1:1203']);
  });

  it('with text after a closing quote are refused, and the next line is read', () => {
    for (const chunk of [1, 1000]) {
      const { rows, refused } = read(csv, '1,"a"b\n2,c\n', { chunk });
      expect({ rows, refused }).toEqual({ rows: [['2', 'c']], refused: ['1:1214'] });
    }
  });

  it('with a quote that is never closed cost one line, not the rest of the file', () => {
    const { rows, refused, lines } = read(csv, '1,"a\n2,b\n3,c\n', { chunk: 4 });
    expect(refused).toEqual(['1:1214']);
    expect(rows).toEqual([
      ['2', 'b'],
      ['3', 'c'],
    ]);
    expect(lines).toEqual([2, 3]);
  });

  it('written by any CSV writer come back as they were, whatever the chunks', () => {
    const unit = fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', '|');
    const cell = fc.string({ unit, maxLength: 6 });
    const table = fc.array(fc.tuple(cell, cell), { maxLength: 8 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, chunk) => {
        const file = rows
          .map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect(read(csv, file, { chunk }).rows).toEqual(rows);
      }),
    );
  });
});

describe('rows with ESCAPE', () => {
  it.each<[string, string, (string | null)[][]]>([
    ['a delimiter (vector 4)', '1|public\\|event\n', [['1', 'public|event']]],
    ['digits, which are no octal number (vector 5)', '1|\\012\n', [['1', '012']]],
    ['a line end (vector 6)', '1|a\\\nb\n', [['1', 'a\nb']]],
    ['CR and LF, each with its own escape', '1|a\\\r\\\nb\n', [['1', 'a\r\nb']]],
    ['a backslash', '1|a\\\\b\n', [['1', 'a\\b']]],
    ['\\N as NULL (vector 7)', '\\N|\\\\N\n', [[null, '\\N']]],
    ['\\N only as a whole field', 'a\\N|\\Nb\n', [['aN', 'Nb']]],
    ['nothing, at the end of the file', '1|a\\', [['1', 'a\\']]],
  ])('are read with a backslash before %s', (_what, text, expected) => {
    for (const chunk of [1, 2, 1000]) {
      const { rows, refused } = read(escaped, text, { chunk });
      expect({ chunk, rows, refused }).toEqual({ chunk, rows: expected, refused: [] });
    }
  });

  it('count escaped line ends as lines', () => {
    expect(read(escaped, 'a|b\\\nc\nd|e\n').lines).toEqual([1, 3]);
  });
});

describe('rows with REMOVEQUOTES', () => {
  it.each<[string, (string | null)[][], string[]]>([
    ["'Black'|1\n", [['Black', '1']], []],
    ["Blue'|1\n", [["Blue'", '1']], []],
    ["1|'Blue\n2|x\n", [['2', 'x']], ['1:1214']],
    ["1|' ' 'Black' ' '\r\n", [['1', " ' 'Black' ' "]], []],
    ["'a|b'|c\n", [['a|b', 'c']], []],
    ['"a\'b"|""\n', [["a'b", '']], []],
    ['1|"x"', [['1', 'x']], []],
  ])('read %j', (text, rows, refused) => {
    for (const chunk of [1, 1000]) {
      const found = read(unquoted, text, { chunk });
      expect({ rows: found.rows, refused: found.refused }).toEqual({ rows, refused });
    }
  });
});

describe('fixed-width rows', () => {
  it('are cut by characters, not bytes (vector 37)', () => {
    const splitter = new FixedWidthSplitter([3, 5]);
    const { rows, refused } = read(splitter, '1  Parké\n2  é\n3  12345x\n', { chunk: 3 });
    expect(rows).toEqual([
      ['1  ', 'Parké'],
      ['2  ', 'é'],
    ]);
    expect(refused).toEqual(['3:1202']);
  });
});
