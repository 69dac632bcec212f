import { describe, expect, it } from 'vitest';
import { asFailure } from '#contracts';
import { matchColumns } from './match-columns.ts';
import type { TableColumn } from './match-columns.ts';

const target = { schema: 'public', table: 'pages' };

function column(name: string, more: Partial<TableColumn> = {}): TableColumn {
  return { name, type: 'integer', notNull: false, identity: 'no', generated: false, ...more };
}

function refusal(wanted: string[], columns: TableColumn[]): string {
  try {
    matchColumns(target, wanted, columns);
  } catch (thrown) {
    return asFailure(thrown).message;
  }
  return 'accepted';
}

describe('the columns of a plan', () => {
  it('keep the order of the plan', () => {
    const found = matchColumns(target, ['b', 'a'], [column('a'), column('b')]);
    expect(found.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('fold to lower case unless the table has the name as it stands', () => {
    const columns = [column('id'), column('Id'), column('name')];
    const found = matchColumns(target, ['Id', 'ID', 'NAME'], columns);
    expect(found.map(({ name }) => name)).toEqual(['Id', 'id', 'name']);
  });

  it('are refused all at once, with the names that come near', () => {
    const message = refusal(
      ['user_nam', 'zzz', 'sum'],
      [column('user_name'), column('sum', { generated: true })],
    );
    expect(message).toContain('no column "user_nam" (near: user_name)');
    expect(message).toContain('no column "zzz"');
    expect(message).toContain('column "sum" is generated');
  });

  it('are refused when two names mean one column', () => {
    expect(refusal(['id', 'ID'], [column('id')])).toContain('column "id" is named twice');
  });
});
