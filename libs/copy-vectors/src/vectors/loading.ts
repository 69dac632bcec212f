/** Vectors 32–35, 38, 39: which files a COPY reads, what it writes, when it fails. */
import type { Expected, Vector, VectorCase } from '../vector.ts';
import { columnsOf, loaded, loadedBut, oneFile, refused, V } from './write-case.ts';

const PAIR = columnsOf('integer', V);

function byManifest(
  title: string,
  entries: readonly string[],
  files: Readonly<Record<string, string>>,
  expected: Expected,
): VectorCase {
  const manifest = `{"entries":[${entries.join(',')}]}`;
  return {
    title,
    columns: PAIR,
    files: { ...files, 'load.manifest': manifest },
    from: 'load.manifest',
    options: 'manifest',
    expected,
  };
}

function entry(key: string, mandatory?: boolean): string {
  return `{"url":"{here}/${key}"${mandatory === undefined ? '' : `,"mandatory":${mandatory}`}}`;
}

const MANIFEST_AS_DATA = `{"entries":[${entry('a')}]}`;

export const LOADING: readonly Vector[] = [
  {
    number: 32,
    mark: 'D',
    title: 'MAXERROR 3: two bad rows load, three fail and nothing is loaded',
    cases: [
      oneFile(
        ['integer', V],
        '1|a\nx|b\n2|c|d\n3|e\n',
        'maxerror 3',
        loadedBut(
          [
            { line: 2, column: 'c0', code: 1207 },
            { line: 3, code: 1202 },
          ],
          ['1', 'a'],
          ['3', 'e'],
        ),
        { title: 'two' },
      ),
      oneFile(
        ['integer', V],
        '1|a\nx|b\n2|c|d\ny|e\n3|f\n',
        'maxerror 3',
        refused(
          { line: 2, column: 'c0', code: 1207 },
          { line: 3, code: 1202 },
          { line: 4, column: 'c0', code: 1207 },
        ),
        { title: 'three' },
      ),
    ],
  },
  {
    number: 33,
    mark: 'D',
    title: 'a manifest names the files; `mandatory` says what happens when one is missing',
    cases: [
      byManifest(
        'a missing optional file is left out',
        [entry('a'), entry('missing')],
        { a: '1|a\n' },
        loaded(['1', 'a']),
      ),
      byManifest(
        'a missing mandatory file fails',
        [entry('a', true), entry('missing', true)],
        { a: '1|a\n' },
        refused(),
      ),
      byManifest('no file at all fails', [entry('missing', false), entry('gone', false)], {}, refused()),
      byManifest(
        'a file listed twice is loaded twice',
        [entry('a', true), entry('a', true)],
        { a: '1|a\n' },
        loaded(['1', 'a'], ['1', 'a']),
      ),
      {
        title: 'without the word MANIFEST it is read as data',
        columns: columnsOf('varchar(1000)'),
        files: { a: '1|a\n', 'load.manifest': `${MANIFEST_AS_DATA}\n` },
        from: 'load.manifest',
        options: '',
        expected: loaded([MANIFEST_AS_DATA]),
      },
    ],
  },
  {
    number: 34,
    mark: 'D',
    title: 'FROM is a key prefix',
    cases: [
      {
        title: '',
        columns: PAIR,
        files: { 'custdata.txt': '1|a\n', 'custdata.txt.bak': '2|b\n', 'custdata.tx': '3|c\n' },
        from: 'custdata.txt',
        options: '',
        expected: loaded(['1', 'a'], ['2', 'b']),
      },
      {
        title: 'a folder without its slash',
        columns: PAIR,
        files: { 'custfolder/1': '1|a\n', 'custfolder_1/1': '2|b\n' },
        from: 'custfolder',
        options: '',
        expected: loaded(['1', 'a'], ['2', 'b']),
      },
      {
        title: 'no key begins so',
        columns: PAIR,
        files: { 'custdata.txt': '1|a\n' },
        from: 'nothing',
        options: '',
        expected: refused(),
      },
    ],
  },
  {
    number: 35,
    mark: 'D',
    title: 'a NOT NULL column without DEFAULT must be listed',
    cases: [
      {
        title: 'left out of the list',
        columns: [
          { name: 'a', type: 'integer' },
          { name: 'b', type: 'integer', notNull: true },
        ],
        files: { 'data.txt': '1\n' },
        from: 'data.txt',
        columnList: ['a'],
        options: '',
        expected: refused(),
      },
      {
        title: 'listed, but NULL in the file',
        columns: [
          { name: 'a', type: 'integer' },
          { name: 'b', type: 'integer', notNull: true },
        ],
        files: { 'data.txt': '1|2\n3|\n' },
        from: 'data.txt',
        options: '',
        expected: refused({ line: 2, column: 'b', code: 1213 }),
      },
    ],
  },
  {
    number: 38,
    mark: 'D',
    title: 'one broken file of three: nothing of any is loaded',
    cases: [
      {
        title: '',
        columns: PAIR,
        files: { 'part-1': '1|a\n', 'part-2': 'x|b\n', 'part-3': '3|c\n' },
        from: 'part-',
        options: '',
        expected: refused({ file: 'part-2', line: 1, column: 'c0', code: 1207 }),
      },
    ],
  },
  {
    number: 39,
    mark: 'D',
    title: 'NOLOAD writes no row and finds the same errors',
    cases: [
      oneFile(
        ['integer', V],
        '1|a\nx|b\n2|c\n',
        'noload maxerror 5',
        { kind: 'Loaded', rows: [], rejected: [{ line: 2, column: 'c0', code: 1207 }] },
        { title: 'within MAXERROR' },
      ),
      oneFile(['integer', V], '1|a\nx|b\n2|c\n', 'noload', refused({ line: 2, column: 'c0', code: 1207 }), {
        title: 'refused',
      }),
    ],
  },
];
