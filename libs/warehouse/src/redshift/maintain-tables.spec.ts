import { describe, expect, it } from 'vitest';
import { chooseJob } from './maintain-tables.ts';
import type { TableState } from './maintain-tables.ts';

const target = (table: string) => ({ schema: 's', table });
const state = (table: string, all: number, visible: number | null, off: number | null): TableState => ({
  schema_name: 's',
  table_name: table,
  tbl_rows: String(all),
  estimated_visible_rows: visible === null ? null : String(visible),
  stats_off: off === null ? null : String(off),
});
const LIMITS = { vacuumDeletedPercent: 5, analyzeStatsOffPercent: 10 };

describe('which table is looked after next', () => {
  it.each<[string, TableState[], string | undefined]>([
    ['none needs it', [state('a', 100, 96, 9)], undefined],
    ['deleted rows reach the threshold', [state('a', 100, 95, 0)], 'vacuum a'],
    ['the dirtiest comes first', [state('a', 100, 90, 50), state('b', 100, 50, 0)], 'vacuum b'],
    ['statistics are off', [state('a', 100, 100, 10), state('b', 100, 100, 90)], 'analyze b'],
    ['nothing is known', [state('a', 100, null, null)], undefined],
    ['it is not ours', [state('foreign', 100, 0, 100)], undefined],
    ['it is empty', [state('a', 0, 0, 0)], undefined],
  ])('%s', (_title, states, expected) => {
    const job = chooseJob([target('a'), target('b')], states, LIMITS);
    expect(job && `${job.deed} ${job.target.table}`).toBe(expected);
  });
});
