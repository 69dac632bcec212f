import { describe, expect, it } from 'vitest';
import { asFailure, parseWarehouseName } from '#contracts';
import type { Copy, LoadPlan, Once, Step } from '#contracts';
import { checkPlan } from './check-plan.ts';

const each: Once = { kind: 'EachFile' };
const whole: Once = { kind: 'Whole' };
const everything: Step = { kind: 'DeleteRows', rows: { kind: 'All' } };

function copy(more: Partial<Copy>): Copy {
  const files = { kind: 'Inline', refs: [] } as const;
  return { kind: 'Copy', files, columns: ['id', 'v'], options: '', apply: 'merge', keys: ['id'], ...more };
}

function problem(once: Once, ...steps: Step[]): string | undefined {
  const plan: LoadPlan = {
    warehouse: { kind: 'Named', name: parseWarehouseName('dw') },
    once,
    tables: [{ target: { schema: 's', table: 't' }, steps }],
    statementTimeoutMs: 1000,
  };
  try {
    checkPlan(plan);
    return undefined;
  } catch (thrown) {
    return asFailure(thrown).message;
  }
}

describe('a plan', () => {
  it('that copies, merges or replaces is accepted', () => {
    expect(problem(each, copy({}))).toBeUndefined();
    expect(problem(each, copy({ apply: 'append', keys: [] }))).toBeUndefined();
    expect(problem(whole, everything, copy({ apply: 'append', keys: [] }))).toBeUndefined();
    expect(problem(each, copy({ keys: ['ID'] }))).toBeUndefined();
  });

  it('needs keys that are columns', () => {
    expect(problem(each, copy({ keys: [] }))).toBe('s.t: merge needs key columns');
    expect(problem(each, copy({ keys: ['nope'] }))).toBe('s.t: key "nope" is not among the columns');
  });

  it('may not delete rows or depend on all of its files when files may be left out', () => {
    expect(problem(each, everything, copy({}))).toBe('s.t: DeleteRows cannot run file by file');
    expect(problem(each, copy({ apply: 'delete' }))).toBe('s.t: delete cannot run file by file');
  });
});
