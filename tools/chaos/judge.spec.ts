import { describe, expect, it } from 'vitest';
import { certainVersions, judge } from './judge.ts';
import type { Contents, Row } from './judge.ts';
import type { Deed, TableName, Version } from './story.ts';
import { uidOf } from './story.ts';

const version = (table: TableName, file: string, n: number, ids: number[]): Version => ({
  table,
  file,
  version: n,
  ids,
});
const rowsOf = (v: Version): Row[] => v.ids.map((id) => ({ id, version: v.version, uid: uidOf(v, id) }));
const holding = (over: Partial<Contents>): Contents => ({
  merge_keyed: [],
  merge_loose: [],
  append_blind: [],
  append_keyed: [],
  replace_all: [],
  ...over,
});
const upload = (v: Version): Deed => ({ kind: 'upload', version: v });

describe('the judge of a chaos run', () => {
  const first = version('append_blind', 'a', 1, [1, 2]);

  it('accepts what was uploaded, once', () => {
    expect(judge([upload(first)], holding({ append_blind: rowsOf(first) }))).toEqual([]);
  });

  it('sees a lost file, half a file and a doubled one', () => {
    expect(judge([upload(first)], holding({}))).toHaveLength(1);
    expect(judge([upload(first)], holding({ append_blind: rowsOf(first).slice(1) }))).toHaveLength(1);
    const twice = [...rowsOf(first), ...rowsOf(first)];
    expect(judge([upload(first)], holding({ append_blind: twice }))).toHaveLength(1);
  });

  it('lets an overwritten version be there whole or not at all, but not in part', () => {
    const second = version('append_blind', 'a', 2, [3]);
    const deeds = [upload(first), { kind: 'overwrite', version: second } as const];
    expect(judge(deeds, holding({ append_blind: rowsOf(second) }))).toEqual([]);
    expect(judge(deeds, holding({ append_blind: [...rowsOf(first), ...rowsOf(second)] }))).toEqual([]);
    const part = [...rowsOf(first).slice(1), ...rowsOf(second)];
    expect(judge(deeds, holding({ append_blind: part }))).toHaveLength(1);
  });

  it('wants one row per key in a merge, of the latest upload', () => {
    const older = version('merge_loose', 'a', 1, [1]);
    const newer = version('merge_loose', 'b', 2, [1]);
    const deeds = [upload(older), upload(newer)];
    expect(judge(deeds, holding({ merge_loose: rowsOf(newer) }))).toEqual([]);
    expect(judge(deeds, holding({ merge_loose: rowsOf(older) }))).toHaveLength(1);
    expect(judge(deeds, holding({ merge_loose: [...rowsOf(older), ...rowsOf(newer)] }))).not.toEqual([]);
  });

  it('wants the row of the first upload where only absent rows are inserted', () => {
    const older = version('append_keyed', 'a', 1, [1]);
    const newer = version('append_keyed', 'b', 2, [1]);
    const deeds = [upload(older), upload(newer)];
    expect(judge(deeds, holding({ append_keyed: rowsOf(older) }))).toEqual([]);
    expect(judge(deeds, holding({ append_keyed: rowsOf(newer) }))).toHaveLength(1);
  });

  it('wants a replaced table to hold the last file alone', () => {
    const older = version('replace_all', 'a', 1, [1]);
    const newer = version('replace_all', 'b', 2, [2]);
    const deeds = [upload(older), upload(newer)];
    expect(judge(deeds, holding({ replace_all: rowsOf(newer) }))).toEqual([]);
    expect(judge(deeds, holding({ replace_all: [...rowsOf(older), ...rowsOf(newer)] }))).toHaveLength(1);
  });

  it('calls certain what stays as it was uploaded', () => {
    const second = version('append_blind', 'a', 2, [3]);
    const third = version('append_blind', 'b', 3, [4]);
    const deeds: Deed[] = [
      upload(first),
      { kind: 'overwrite', version: second },
      upload(third),
      { kind: 'delete', table: 'append_blind', file: 'b' },
      { kind: 'hint', table: 'append_blind' },
    ];
    expect(certainVersions(deeds)).toEqual([second]);
  });

  it('sees rows that nobody uploaded', () => {
    expect(judge([], holding({ merge_keyed: [{ id: 1, version: 9, uid: '9-1' }] }))).toHaveLength(1);
  });
});
