import { describe, expect, it } from 'vitest';
import { asFailure, loadIdOf, parseWarehouseName } from '#contracts';
import type { CopyApply, LoadPlan, Step } from '#contracts';
import { fileRef } from '#testing';
import type { FoundRequest } from './find-requests.ts';
import { dangersOf, refuseDangers } from './forcing.ts';

const ALL: Step = { kind: 'DeleteRows', rows: { kind: 'All' } };

function copy(apply: CopyApply): Step {
  const files = { kind: 'Inline', refs: [fileRef()] } as const;
  return { kind: 'Copy', files, columns: ['id'], options: '', apply, keys: [] };
}

function plan(...steps: Step[]): LoadPlan {
  return {
    warehouse: { kind: 'Named', name: parseWarehouseName('main') },
    once: { kind: 'EachFile' },
    tables: [{ target: { schema: 'public', table: 't' }, steps }],
    statementTimeoutMs: 1_000,
  };
}

function found(of: LoadPlan): FoundRequest {
  const request = {
    type: 'load-requested',
    loadId: loadIdOf(of),
    requestedAt: 0,
    source: { kind: 'watcher', name: 's3://drops/manifest.edn' },
    plan: of,
    afterLoad: { data: 'remove' },
    retry: false,
    force: false,
  } as const;
  return { event: request, key: 'main/public.t', place: 'load-requested/0/0', at: 0 };
}

describe('what forcing a plan may do', () => {
  it.each([
    ['a merge', [copy('merge')], ['older']],
    ['an update', [copy('update')], ['older']],
    ['a delete', [copy('delete')], ['older']],
    ['an append', [copy('append')], ['duplicates']],
    ['an append of absent keys', [copy('insertAbsent')], []],
    ['a replacement', [ALL, copy('append')], ['older']],
    ['a new column', [{ kind: 'RenameColumn', from: 'a', to: 'b' } as const], []],
    ['a merge beside an append', [copy('merge'), copy('append')], ['older', 'duplicates']],
  ])('%s', (_what, steps, dangers) => {
    expect([...dangersOf(plan(...steps))]).toEqual(dangers);
  });
});

describe('a forced replay', () => {
  const refusal = (allowed: { older: boolean; duplicates: boolean }, ...plans: LoadPlan[]) => {
    try {
      refuseDangers(plans.map(found), allowed);
      return undefined;
    } catch (thrown) {
      return asFailure(thrown);
    }
  };

  it('is refused with the load and the switch that is missing', () => {
    const merge = plan(copy('merge'));
    const failure = refusal({ older: false, duplicates: true }, merge);
    expect(failure?.message).toContain(loadIdOf(merge));
    expect(failure?.remedy).toContain('--allow-older');
  });

  it('needs both switches for a plan that may do both', () => {
    const both = plan(copy('merge'), copy('append'));
    expect(refusal({ older: true, duplicates: false }, both)?.remedy).toContain('--allow-duplicates');
    expect(refusal({ older: true, duplicates: true }, both)).toBeUndefined();
  });

  it('names five loads and counts the others', () => {
    const plans = ['1', '2', '3', '4', '5', '6', '7'].map((name) => {
      const one = plan(copy('append'));
      return {
        ...one,
        tables: one.tables.map((table) => ({ ...table, target: { schema: 's', table: name } })),
      };
    });
    expect(refusal({ older: false, duplicates: false }, ...plans)?.message).toContain('and 2 more');
  });
});
