/** Vectors 12, 13, 18–26: how a field becomes a value. */
import type { Vector, VectorCase } from '../vector.ts';
import { bytes, loaded, loadedBut, oneFile, refused, V } from './write-case.ts';

const MOMENTS = ['date', 'timestamp', 'timestamptz'];
const AUTO = "dateformat 'auto' timeformat 'auto'";

/** One of the samples of the documents, read as DATE, TIMESTAMP and TIMESTAMPTZ. */
function recognised(sample: string, date: string, clock: string, zoned: string): VectorCase {
  const era = date.endsWith(' BC') ? ' BC' : '';
  const day = date.slice(0, date.length - era.length);
  return oneFile(
    MOMENTS,
    `${sample}|${sample}|${sample}\n`,
    AUTO,
    loaded([date, `${day} ${clock}${era}`, `${zoned}${era}`]),
    { title: sample, inferred: 'TIMESTAMP drops a time zone; TIMESTAMPTZ without one is UTC' },
  );
}

export const CONVERSION: readonly Vector[] = [
  {
    number: 12,
    mark: 'D',
    title: 'an empty VARCHAR is empty, with EMPTYASNULL NULL; an empty INTEGER is NULL',
    cases: [
      oneFile([V, V, V], 'a||b\n', '', loaded(['a', '', 'b']), { title: 'VARCHAR' }),
      oneFile([V, V, V], 'a||b\n', 'emptyasnull', loaded(['a', null, 'b']), {
        title: 'VARCHAR with EMPTYASNULL',
      }),
      oneFile([V, 'integer', V], 'a||b\n', '', loaded(['a', null, 'b']), { title: 'INTEGER' }),
      oneFile([V, 'integer', V], 'a||b\n', 'emptyasnull', loaded(['a', null, 'b']), {
        title: 'INTEGER with EMPTYASNULL',
      }),
    ],
  },
  {
    number: 13,
    mark: 'D',
    title: 'a blank VARCHAR stays, with BLANKSASNULL NULL; a blank INTEGER is NULL',
    cases: [
      oneFile([V, V, V], 'a|   |b\n', '', loaded(['a', '   ', 'b']), { title: 'VARCHAR' }),
      oneFile([V, V, V], 'a|   |b\n', 'blanksasnull', loaded(['a', null, 'b']), {
        title: 'VARCHAR with BLANKSASNULL',
      }),
      oneFile([V, 'integer', V], 'a|   |b\n', '', loaded(['a', null, 'b']), { title: 'INTEGER' }),
    ],
  },
  {
    number: 18,
    mark: 'D',
    title: 'VARCHAR(4) counts bytes; TRUNCATECOLUMNS keeps whole characters',
    cases: [
      oneFile(['integer', 'varchar(4)'], '1|中中中中\n', '', refused({ line: 1, column: 'c1', code: 1204 }), {
        title: 'refused',
      }),
      oneFile(['integer', 'varchar(4)'], '1|中中中中\n', 'truncatecolumns', loaded(['1', '中']), {
        title: 'TRUNCATECOLUMNS',
        inferred: 'where it cuts',
      }),
    ],
  },
  {
    number: 19,
    mark: 'D',
    title: 'CHAR takes single-byte characters only, whatever ACCEPTINVCHARS says',
    cases: ['', 'acceptinvchars'].map((options) =>
      oneFile(['integer', 'char(10)'], '1|é\n', options, refused({ line: 1, column: 'c1', code: 1215 }), {
        title: options === '' ? 'without ACCEPTINVCHARS' : 'with ACCEPTINVCHARS',
        inferred: 'the code',
      }),
    ),
  },
  {
    number: 20,
    mark: 'D',
    title: 'an invalid character of three bytes is replaced by three, or refused',
    cases: [
      oneFile(
        ['integer', V],
        bytes('1|a', [0xed, 0xa0, 0x80], 'b\n'),
        "acceptinvchars as '^'",
        loaded(['1', 'a^^^b']),
        { title: 'ACCEPTINVCHARS' },
      ),
      oneFile(
        ['integer', V],
        bytes('1|a', [0xed, 0xa0, 0x80], 'b\n'),
        '',
        refused({ line: 1, column: 'c1', code: 1220 }),
        { title: 'refused' },
      ),
    ],
  },
  {
    number: 21,
    mark: 'D',
    title: 'decimals are cut, with ROUNDEC rounded',
    cases: [
      oneFile(['integer', 'decimal(8,2)'], '1|20.259\n', '', loaded(['1', '20.25']), { title: 'cut' }),
      oneFile(['integer', 'decimal(8,2)'], '1|20.259\n', 'roundec', loaded(['1', '20.26']), {
        title: 'ROUNDEC',
      }),
    ],
  },
  {
    number: 22,
    mark: 'D',
    title: 'ACCEPTANYDATE with DATEFORMAT makes a date that is none NULL',
    cases: [
      oneFile(
        ['integer', 'date'],
        '1|00/00/00 00:00:00\n',
        "dateformat 'auto' acceptanydate",
        loaded(['1', null]),
        { title: 'with' },
      ),
      oneFile(
        ['integer', 'date'],
        '1|00/00/00 00:00:00\n',
        "dateformat 'auto'",
        refused({ line: 1, column: 'c1', code: 1205 }),
        { title: 'without' },
      ),
    ],
  },
  {
    number: 23,
    mark: 'D',
    title: "epochs are read when TIMEFORMAT says so; 'auto' does not know them",
    cases: [
      oneFile(
        ['integer', 'timestamp'],
        '1|1493125231\n',
        "timeformat 'epochsecs'",
        loaded(['1', '2017-04-25 13:00:31']),
        { title: 'epochsecs' },
      ),
      oneFile(
        ['integer', 'timestamp'],
        '1|1493125231123\n',
        "timeformat 'epochmillisecs'",
        loaded(['1', '2017-04-25 13:00:31.123']),
        { title: 'epochmillisecs' },
      ),
      oneFile(
        ['integer', 'timestamp'],
        '1|1493125231\n',
        "timeformat 'auto'",
        refused({ line: 1, column: 'c1', code: 1206 }),
        { title: 'auto' },
      ),
    ],
  },
  {
    number: 24,
    mark: 'D',
    title: "'auto' recognises every sample of the documents",
    cases: [
      recognised('2019-02-11T05:09:12.195Z', '2019-02-11', '05:09:12.195', '2019-02-11 05:09:12.195+00'),
      recognised('J2451187', '1999-01-08', '00:00:00', '1999-01-08 00:00:00+00'),
      recognised('Jan-08-95 BC', '0095-01-08 BC', '00:00:00', '0095-01-08 00:00:00+00'),
      recognised('19960108 040809', '1996-01-08', '04:08:09', '1996-01-08 04:08:09+00'),
      recognised('960108 040809', '1996-01-08', '04:08:09', '1996-01-08 04:08:09+00'),
      recognised('1996.008', '1996-01-08', '00:00:00', '1996-01-08 00:00:00+00'),
      recognised('1996-01-08 04:05:06.789', '1996-01-08', '04:05:06.789', '1996-01-08 04:05:06.789+00'),
      recognised('17 Dec 07:37:16 1997 PST', '1997-12-17', '07:37:16', '1997-12-17 15:37:16+00'),
      recognised('12/17/1997 07:37:16.00 PST', '1997-12-17', '07:37:16', '1997-12-17 15:37:16+00'),
      recognised('1997-12-17 07:37:16-08', '1997-12-17', '07:37:16', '1997-12-17 15:37:16+00'),
      recognised('12.17.1997 07:37:16.00 PST', '1997-12-17', '07:37:16', '1997-12-17 15:37:16+00'),
    ],
  },
  {
    number: 25,
    mark: 'D',
    title: 'a DATE drops its time; a TIMESTAMP without one is midnight',
    cases: [
      oneFile(
        ['date', 'timestamp'],
        '2009-01-12 14:15:57|2009-01-12\n',
        '',
        loaded(['2009-01-12', '2009-01-12 00:00:00']),
      ),
    ],
  },
  {
    number: 26,
    mark: 'D',
    title: 'a TIMESTAMP is kept to the microsecond',
    cases: [
      oneFile(
        ['integer', 'timestamp'],
        '1|2009-01-12 14:15:57.119568\n',
        '',
        loadedBut([], ['1', '2009-01-12 14:15:57.119568']),
      ),
    ],
  },
];
