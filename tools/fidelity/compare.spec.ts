import { describe, expect, it } from 'vitest';
import type { Expected } from '#copy-vectors';
import type { Found } from './carry-out.ts';
import { differences } from './compare.ts';

const loaded: Expected = { kind: 'Loaded', rows: [['1', null]], rejected: [{ line: 2, code: 1207 }] };
const refused: Expected = { kind: 'Refused', rejected: [{ file: 'b', line: 2, column: 'c', code: 1202 }] };
const asLoaded: Found = {
  count: 1,
  rows: [['1', null]],
  rejected: [{ file: 'a', line: 2, column: 'c', code: 1207 }],
};
const asRefused: Found = {
  error: 'stop',
  rows: [],
  rejected: [
    { file: 'a', line: 9, code: 1204 },
    { file: 'b', line: 2, column: 'c', code: 1202 },
  ],
};

describe('what a server does and what a vector says', () => {
  it('may be the same', () => {
    expect(differences(loaded, asLoaded)).toEqual([]);
    expect(differences(refused, asRefused)).toEqual([]);
    expect(differences({ kind: 'Refused' }, { error: 'no', rows: [], rejected: undefined })).toEqual([]);
  });

  const two = { ...asLoaded, rows: [...asLoaded.rows, ['2', 'b']] };
  const errors = [...(asLoaded.rejected ?? []), { line: 3, code: 1207 }];
  it.each<[string, Expected, Found, readonly string[]]>([
    ['other rows', loaded, two, ['loads ["1",null] ["2","b"], not ["1",null]']],
    ['no rows', loaded, { ...asLoaded, rows: [] }, ['loads nothing, not ["1",null]']],
    ['another count', loaded, { ...asLoaded, count: 2 }, ['counts 2 rows, not 1']],
    ['one error too many', loaded, { ...asLoaded, rejected: errors }, ['records 1 load errors too many']],
    [
      'no error',
      loaded,
      { ...asLoaded, rejected: [] },
      ['lacks the load error {"line":2,"code":1207}; none'],
    ],
    ['no view', loaded, { ...asLoaded, rejected: undefined }, ['has no view of load errors']],
    ['a refusal', loaded, asRefused, ['is refused: stop', 'recorded: [{"file":"a"']],
    ['no refusal', refused, { rows: [], rejected: asRefused.rejected, count: 0 }, ['is not refused']],
    ['rows in spite of it', refused, { ...asRefused, rows: [['1']] }, ['leaves 1 rows in the table']],
    [
      'another column',
      refused,
      { ...asRefused, rejected: [{ line: 2, code: 1202, column: 'x' }] },
      ['lacks'],
    ],
    [
      'another code',
      refused,
      { ...asRefused, rejected: [{ line: 2, code: 1203 }] },
      ['lacks the load error'],
    ],
  ])('differ by %s', (_title, expected, found, sentences) => {
    const said = differences(expected, found);
    expect(said).toHaveLength(sentences.length);
    sentences.forEach((sentence, at) => expect(said[at]).toContain(sentence));
  });
});
