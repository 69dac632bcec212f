import { describe, expect, it } from 'vitest';
import { chooseCopyColumns } from './choose-copy-columns.ts';
import type { TargetColumn } from './choose-copy-columns.ts';

const plain = { type: 'integer', notNull: false, hasDefault: false };
const ID: TargetColumn = { ...plain, name: 'id', identity: 'always', notNull: true };
const OWN: TargetColumn = { ...plain, name: 'own', identity: 'by default', notNull: true };
const A: TargetColumn = { ...plain, name: 'a' };
const B: TargetColumn = { ...plain, name: 'b', notNull: true };
const C: TargetColumn = { ...plain, name: 'c', notNull: true, hasDefault: true };

function chosen(
  table: readonly TargetColumn[],
  list: readonly string[] | undefined,
  explicitIds = false,
): readonly string[] {
  return chooseCopyColumns(table, list, { explicitIds }).map((column) => column.name);
}

describe('chooseCopyColumns', () => {
  it('takes the list in its own order', () => {
    expect(chosen([A, B, C], ['b', 'a'])).toEqual(['b', 'a']);
  });

  it('takes the table without a list, IDENTITY only with EXPLICIT_IDS', () => {
    expect(chosen([ID, A, B], undefined)).toEqual(['a', 'b']);
    expect(chosen([ID, A, B], undefined, true)).toEqual(['id', 'a', 'b']);
  });

  it('lets a column BY DEFAULT stand in the list', () => {
    expect(chosen([OWN, A], ['own', 'a'])).toEqual(['own', 'a']);
    expect(chosen([OWN, A], ['a'])).toEqual(['a']);
  });

  it.each<[string, readonly string[], boolean]>([
    ['column "x" does not exist', ['a', 'b', 'x'], false],
    ['the column list names a column twice', ['a', 'b', 'a'], false],
    ['column "b" is NOT NULL without DEFAULT', ['a'], false],
    ['column "id" is an IDENTITY column: listing it needs EXPLICIT_IDS', ['id', 'a', 'b'], false],
    ['EXPLICIT_IDS needs the IDENTITY column "id"', ['a', 'b'], true],
  ])('refuses: %s', (message, list, explicitIds) => {
    expect(() => chosen([ID, A, B, C], list, explicitIds)).toThrow(message);
  });
});
