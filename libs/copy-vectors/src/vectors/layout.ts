/** Vectors 1–11, 14–17, 37, 40–42: how a file is cut into fields. */
import type { Vector } from '../vector.ts';
import { bytes, FILE, loaded, loadedBut, oneFile, refused, V } from './write-case.ts';

const ESCAPE_PAIR = ['integer', V];
const CHARS = ['char(10)', 'char(10)', 'char(10)', 'char(10)'];
const FOUR = [V, V, V, V];
const VENUE = [V, 'varchar(25)', 'varchar(12)', 'char(2)', 'integer'];
const VENUE_WIDTHS = "fixedwidth 'venueid:3,venuename:25,venuecity:12,venuestate:2,venueseats:6'";

/** UTF-16 of ASCII text, without a byte order mark. */
function utf16(text: string, order: 'le' | 'be'): readonly number[] {
  return [...text].flatMap((char) => {
    const unit = char.charCodeAt(0);
    return order === 'le' ? [unit & 0xff, unit >> 8] : [unit >> 8, unit & 0xff];
  });
}

export const LAYOUT: readonly Vector[] = [
  {
    number: 1,
    mark: 'D',
    title: 'the default delimiter is |',
    cases: [oneFile(['integer', V], '1|a\n', '', loaded(['1', 'a']))],
  },
  {
    number: 2,
    mark: 'D',
    title: 'a trailing delimiter is accepted, and a column that is not listed takes its DEFAULT',
    cases: [
      {
        title: '',
        columns: [
          { name: 'venueid', type: 'smallint', notNull: true },
          { name: 'venuename', type: 'varchar(100)' },
          { name: 'venuecity', type: 'varchar(30)' },
          { name: 'venuestate', type: 'char(2)' },
          { name: 'venueseats', type: 'integer', default: '1000' },
        ],
        files: { [FILE]: '1|Toyota Park|Bridgeview|IL|\n2|Columbus Crew Stadium|Columbus|OH|\n' },
        from: FILE,
        columnList: ['venueid', 'venuename', 'venuecity', 'venuestate'],
        options: "delimiter '|'",
        expected: loaded(
          ['1', 'Toyota Park', 'Bridgeview', 'IL', '1000'],
          ['2', 'Columbus Crew Stadium', 'Columbus', 'OH', '1000'],
        ),
      },
    ],
  },
  {
    number: 3,
    mark: 'D',
    title: 'without ESCAPE a backslash does not hide a delimiter',
    cases: [oneFile(ESCAPE_PAIR, '1|public\\|event\n', '', refused({ line: 1, code: 1202 }))],
  },
  {
    number: 4,
    mark: 'D',
    title: 'with ESCAPE a backslash makes a delimiter literal',
    cases: [oneFile(ESCAPE_PAIR, '1|public\\|event\n', 'escape', loaded(['1', 'public|event']))],
  },
  {
    number: 5,
    mark: 'D',
    title: 'ESCAPE knows no octal numbers',
    cases: [oneFile(ESCAPE_PAIR, '1|\\012\n', 'escape', loaded(['1', '012']))],
  },
  {
    number: 6,
    mark: 'D',
    title: 'ESCAPE makes a line end part of the field',
    cases: [oneFile(ESCAPE_PAIR, '1|a\\\nb\n2|c\n', 'escape', loaded(['1', 'a\nb'], ['2', 'c']))],
  },
  {
    number: 7,
    mark: 'D',
    title: 'with ESCAPE both \\N and \\\\N are NULL',
    cases: [oneFile(ESCAPE_PAIR, '1|\\N\n2|\\\\N\n', 'escape', loaded(['1', null], ['2', null]))],
  },
  {
    number: 8,
    mark: 'D',
    title: 'CSV: a doubled quote is a quote',
    cases: [
      oneFile(
        ['integer', V],
        '1,"All ""non-musical"" theatre"\n',
        'csv',
        loaded(['1', 'All "non-musical" theatre']),
      ),
    ],
  },
  {
    number: 9,
    mark: 'D',
    title: 'CSV QUOTE AS: another quote, and the usual one is a character',
    cases: [
      oneFile(
        ['integer', V],
        '1,%All "non-musical" theatre%\n',
        "csv quote as '%'",
        loaded(['1', 'All "non-musical" theatre']),
      ),
    ],
  },
  {
    number: 10,
    mark: 'D',
    title: 'CSV: white space between delimiter and quote is ignored',
    cases: [oneFile(['integer', V, 'integer'], '1, "a" ,2\n', 'csv', loaded(['1', 'a', '2']))],
  },
  {
    number: 11,
    mark: 'D',
    title: 'CSV: a line end inside quotes belongs to the field',
    cases: [oneFile(['integer', V], '1,"a\nb"\n2,c\n', 'csv', loaded(['1', 'a\nb'], ['2', 'c']))],
  },
  {
    number: 14,
    mark: 'D',
    title: 'FILLRECORD: missing CHAR is NULL, missing VARCHAR empty, with EMPTYASNULL NULL',
    cases: [
      oneFile(CHARS, 'apple|orange\n', 'fillrecord', loaded(['apple', 'orange', null, null]), {
        title: 'CHAR',
      }),
      oneFile(FOUR, 'apple|orange\n', 'fillrecord', loaded(['apple', 'orange', '', '']), {
        title: 'VARCHAR',
      }),
      oneFile(FOUR, 'apple|orange\n', 'fillrecord emptyasnull', loaded(['apple', 'orange', null, null]), {
        title: 'VARCHAR with EMPTYASNULL',
      }),
    ],
  },
  {
    number: 15,
    mark: 'D',
    title: 'a short row without FILLRECORD is refused',
    cases: [
      oneFile(['integer', V, V], '1|a\n', '', refused({ line: 1, code: 1203 }), { inferred: 'the code' }),
    ],
  },
  {
    number: 16,
    mark: 'D',
    title: 'IGNOREHEADER skips its lines in every file',
    cases: [
      {
        ...oneFile(['integer', V], '', 'ignoreheader 1', loaded(['1', 'a'], ['2', 'b'], ['3', 'c'])),
        files: { 'part-1': 'x|y\n1|a\n', 'part-2': 'x|y\n2|b\n', 'part-3': 'x|y\n3|c\n' },
        from: 'part-',
      },
    ],
  },
  {
    number: 17,
    mark: 'D',
    title: 'blank lines are skipped with IGNOREBLANKLINES and refused without',
    cases: [
      oneFile(['integer', V], '1|a\n\n2|b\n', 'ignoreblanklines', loaded(['1', 'a'], ['2', 'b']), {
        title: 'with',
      }),
      oneFile(['integer', V], '1|a\n\n2|b\n', '', refused({ line: 2, code: 1211 }), {
        title: 'without',
        inferred: 'the code',
      }),
    ],
  },
  {
    number: 37,
    mark: 'D',
    title: 'FIXEDWIDTH cuts by characters',
    cases: [
      oneFile(
        VENUE,
        `1  ${'Toyota Park'.padEnd(25)}${'Bridgeview'.padEnd(12)}IL0     \n` +
          `3  ${'RFK Stadium'.padEnd(25)}${'Washington'.padEnd(12)}DC45000\n` +
          `11 ${'Café Müller'.padEnd(25)}${'Wuppertal'.padEnd(12)}NW7\n`,
        `${VENUE_WIDTHS} trimblanks`,
        loaded(
          ['1', 'Toyota Park', 'Bridgeview', 'IL', '0'],
          ['3', 'RFK Stadium', 'Washington', 'DC', '45000'],
          ['11', 'Café Müller', 'Wuppertal', 'NW', '7'],
        ),
      ),
    ],
  },
  {
    number: 40,
    mark: 'D',
    title: 'UTF16 needs a byte order mark',
    cases: [
      oneFile([V, V], bytes(utf16('a|b\n', 'le')), 'encoding utf16', refused({ line: 1, code: 1221 }), {
        title: 'without',
        inferred: 'the line',
      }),
      oneFile([V, V], bytes([0xff, 0xfe], utf16('a|b\n', 'le')), 'encoding utf16', loaded(['a', 'b']), {
        title: 'little endian',
      }),
      oneFile([V, V], bytes([0xfe, 0xff], utf16('a|b\n', 'be')), 'encoding utf16', loaded(['a', 'b']), {
        title: 'big endian',
      }),
    ],
  },
  {
    number: 41,
    mark: 'D',
    title: 'REMOVEQUOTES: a quote that is not closed refuses its row',
    cases: [
      oneFile(
        ['integer', V],
        "1|'Black'\n2|Blue'\n3|'Blue\n4|\"white\"\n",
        'removequotes maxerror 2',
        loadedBut([{ line: 3, code: 1214 }], ['1', 'Black'], ['2', "Blue'"], ['4', 'white']),
        { inferred: 'the code' },
      ),
    ],
  },
  {
    number: 42,
    mark: 'I',
    title: 'GZIP declared and a plain file given: nothing is loaded',
    cases: [oneFile(['integer', V], '1|a\n', 'gzip', refused())],
  },
];
