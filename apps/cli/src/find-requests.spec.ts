import { describe, expect, it } from 'vitest';
import { loadIdOf, parseWarehouseName } from '#contracts';
import type { LoadRequested } from '#contracts';
import type { RecordedEvent } from '#kafka';
import { fileRef } from '#testing';
import { findRequests, REPLAY_OF } from './find-requests.ts';
import type { RequestFilter } from './find-requests.ts';

function requested(file: string, more: Partial<LoadRequested> = {}): LoadRequested {
  const copy = { kind: 'Copy', columns: ['id'], options: '', apply: 'append', keys: [] } as const;
  const files = { kind: 'Inline', refs: [fileRef({ key: file })] } as const;
  const plan: LoadRequested['plan'] = {
    warehouse: { kind: 'Named', name: parseWarehouseName('main') },
    once: { kind: 'EachFile' },
    tables: [{ target: { schema: 'public', table: 't' }, steps: [{ ...copy, files }] }],
    statementTimeoutMs: 1_000,
  };
  return {
    type: 'load-requested',
    loadId: loadIdOf(plan),
    requestedAt: 0,
    source: { kind: 'watcher', name: 's3://drops/manifest.edn' },
    plan,
    afterLoad: { data: 'remove' },
    retry: false,
    force: false,
    ...more,
  };
}

type At = { readonly at: number; readonly key?: string; readonly headers?: RecordedEvent['headers'] };

function recorded(
  event: RecordedEvent['event'],
  { at, key = 'main/public.t', headers = {} }: At,
): RecordedEvent {
  return { topic: 'load-requested', partition: 1, offset: BigInt(at), headers, timestamp: at, key, event };
}

async function find(events: readonly RecordedEvent[], filter: RequestFilter) {
  async function* stream() {
    yield* events;
  }
  const found = await findRequests(stream(), filter);
  return found.map(({ place, event }) => `${place} ${event.plan.tables[0]?.target.table}`);
}

const A = requested('a.csv');
const B = requested('b.csv');

describe('finding requests', () => {
  it('takes each load once, in the order of its first announcement', async () => {
    const events = [recorded(A, { at: 1 }), recorded(B, { at: 2 }), recorded(A, { at: 3 })];
    expect(await find(events, {})).toEqual(['load-requested/1/3 t', 'load-requested/1/2 t']);
  });

  it('leaves out what is a replay itself, and what is no request', async () => {
    const hint = {
      type: 'sweep-requested',
      requestedAt: 1,
      bucket: 'b',
      directory: '',
      reason: 'r',
    } as const;
    const headers = { [REPLAY_OF]: 'load-requested/1/1' };
    expect(await find([recorded(A, { at: 1, headers }), recorded(hint, { at: 2 })], {})).toEqual([]);
  });

  it('takes from the first moment on, up to the last but without it', async () => {
    const events = [
      recorded(A, { at: 9 }),
      recorded(B, { at: 10 }),
      recorded(requested('c.csv'), { at: 20 }),
    ];
    expect(await find(events, { from: 10, to: 20 })).toEqual(['load-requested/1/10 t']);
  });

  it('takes the tables and loads that are asked for', async () => {
    const events = [recorded(A, { at: 1 }), recorded(B, { at: 2, key: 'main/public.other' })];
    expect(await find(events, { keys: new Set(['main/public.other']) })).toEqual(['load-requested/1/2 t']);
    expect(await find(events, { loadIds: new Set([A.loadId]) })).toEqual(['load-requested/1/1 t']);
  });

  it('refuses more loads than it can hold', async () => {
    const events = Array.from({ length: 10_001 }, (_unused, n) => recorded(requested(`${n}.csv`), { at: n }));
    await expect(find(events, {})).rejects.toThrow('more than 10000 loads are selected');
    expect(await find(events.slice(1), {})).toHaveLength(10_000);
  });
});
