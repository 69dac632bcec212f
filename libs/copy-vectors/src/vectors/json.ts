/** Vectors 27–31: JSON. */
import type { Expected, Vector, VectorCase } from '../vector.ts';
import { columnsOf, FILE, loaded, oneFile, refused, V } from './write-case.ts';

const CATEGORY = [
  { name: 'catid', type: 'integer' },
  { name: 'catname', type: V },
];
const PATHS = 'paths.json';

function category(title: string, file: string, options: string, expected: Expected): VectorCase {
  return { title, columns: CATEGORY, files: { [FILE]: file }, from: FILE, options, expected };
}

function byPaths(
  title: string,
  how: { readonly paths: string; readonly file: string; readonly expected: Expected },
): VectorCase {
  return {
    title,
    columns: columnsOf('integer', V),
    files: { [PATHS]: how.paths, [FILE]: how.file },
    from: FILE,
    options: `json '{here}/${PATHS}'`,
    expected: how.expected,
  };
}

const FORBIDDEN = [
  'csv',
  "delimiter ','",
  'escape',
  'fillrecord',
  "fixedwidth 'c0:1,c1:2'",
  'ignoreblanklines',
  "null as 'x'",
  'readratio 50',
  'removequotes',
];

export const JSON_VECTORS: readonly Vector[] = [
  {
    number: 27,
    mark: 'D',
    title: "'auto' matches lower-case names, 'auto ignorecase' any; documents need nothing between them",
    cases: [
      category('another case', '{"CatId":1,"catname":"a"}\n', "json 'auto'", loaded([null, 'a'])),
      category('ignorecase', '{"CatId":1,"CATNAME":"a"}\n', "json 'auto ignorecase'", loaded(['1', 'a'])),
      category(
        'nothing between',
        '{"catid":1,"catname":"a"}{"catid":2,"catname":"b"}',
        "json 'auto'",
        loaded(['1', 'a'], ['2', 'b']),
      ),
      category(
        'pretty-printed, in another order',
        '{\n  "catname": "a",\n  "catid": 1\n}\n\n{\n  "catid": 2,\n  "catname": "b"\n}\n',
        "json 'auto'",
        loaded(['1', 'a'], ['2', 'b']),
      ),
      category('unknown name', '{"x":[1],"catid":1,"catname":"a"}\n', "json 'auto'", loaded(['1', 'a'])),
      category('missing name', '{"catid":1}\n', "json 'auto'", loaded(['1', null])),
    ],
  },
  {
    number: 28,
    mark: 'D',
    title: 'an outer array, or commas between documents, is an error',
    cases: [
      {
        ...category('outer array', '[\n{"catid":1}\n]\n', "json 'auto'", refused({ line: 1, code: 1216 })),
        inferred: 'line and code',
      },
      {
        ...category('commas', '{"catid":1},\n{"catid":2}\n', "json 'auto'", refused({ line: 1, code: 1216 })),
        inferred: 'line and code',
      },
    ],
  },
  {
    number: 29,
    mark: 'D',
    title: 'jsonpaths fill columns by position',
    cases: [
      byPaths('brackets', {
        paths: `{"jsonpaths": ["$['a'][1]", "$['b']['c']"]}`,
        file: '{"b":{"c":"x"},"a":[0,7]}\n',
        expected: loaded(['7', 'x']),
      }),
      byPaths('dots', {
        paths: '{"jsonpaths": ["$.a[1]", "$.b.c"]}',
        file: '{"b":{"c":"x"},"a":[0,7]}\n',
        expected: loaded(['7', 'x']),
      }),
      byPaths('arrays as rows', {
        paths: '{"jsonpaths": ["$[0]", "$[1]"]}',
        file: '[1,"Sports"]\n[2,"Concerts"]\n',
        expected: loaded(['1', 'Sports'], ['2', 'Concerts']),
      }),
      byPaths('a missing member is NULL', {
        paths: '{"jsonpaths": ["$.a", "$.b"]}',
        file: '{"a":1}\n',
        expected: loaded(['1', null]),
      }),
      {
        ...byPaths('a missing element is an error', {
          paths: '{"jsonpaths": ["$.a[2]", "$.b"]}',
          file: '{"a":[1],"b":"x"}\n',
          expected: refused({ line: 1, column: 'c0', code: 1216 }),
        }),
        inferred: 'the code',
      },
      byPaths("another key than jsonpaths means 'auto'", {
        paths: '{"paths": ["$.a", "$.b"]}',
        file: '{"a":9,"c0":1,"c1":"x"}\n',
        expected: loaded(['1', 'x']),
      }),
      byPaths('a malformed file fails whatever MAXERROR', {
        paths: '{"jsonpaths": [',
        file: '{"a":1}\n',
        expected: refused(),
      }),
    ],
  },
  {
    number: 30,
    mark: 'D',
    title: 'an object or array into VARCHAR is its JSON text',
    cases: [
      oneFile(
        ['integer', V],
        '{"c0":1,"c1":{"a":[1,2]}}\n{"c0":2,"c1":[1,"x"]}\n',
        "json 'auto'",
        loaded(['1', '{"a":[1,2]}'], ['2', '[1,"x"]']),
      ),
    ],
  },
  {
    number: 31,
    mark: 'D',
    title: 'options that may not stand beside JSON refuse the statement',
    cases: FORBIDDEN.map((option) =>
      oneFile(['integer', V], '{"c0":1}\n', `json 'auto' ${option}`, refused(), { title: option }),
    ),
  },
];
