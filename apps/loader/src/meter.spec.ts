import { describe, expect, it } from 'vitest';
import type { FileOutcome, LoadRequested, TableOutcome } from '#contracts';
import { loadIdOf, parseWarehouseName, silentLog } from '#contracts';
import type { LoadPlan, Target } from '#contracts';
import { createMetrics } from '#service';
import { fileRef } from '#testing';
import { meter } from './meter.ts';
import type { LoadResult } from './run-load.ts';

const ORDERS: Target = { schema: 'sales', table: 'orders' };
const ODD: Target = { schema: 'Sales', table: 'line "items"' };
const LANE = { attempt: 1, ownedForMs: 0, signal: new AbortController().signal };

function requestFor(...targets: readonly Target[]): LoadRequested {
  const plan: LoadPlan = {
    warehouse: { kind: 'Named', name: parseWarehouseName('main') },
    once: { kind: 'EachFile' },
    statementTimeoutMs: 1_000,
    tables: targets.map((target) => ({ target, steps: [] })),
  };
  return {
    type: 'load-requested',
    loadId: loadIdOf(plan),
    requestedAt: 0,
    source: { kind: 'watcher', name: 's3://b/in/manifest.edn' },
    plan,
    afterLoad: { data: 'remove' },
    retry: false,
    force: false,
  };
}

function table(target: Target, over: Partial<TableOutcome> = {}): TableOutcome {
  const losses = { rejectedRows: null, truncatedValues: null, replacedChars: null, nulledDates: null };
  const counts = { rowsRead: 5, rowsInserted: 4, rowsDeleted: 2, duplicateKeys: 1, nullKeys: 0 };
  return { target, ...counts, losses, ...over };
}

function completed(tables: readonly TableOutcome[], files: readonly FileOutcome[] = []): LoadResult {
  const outcome = { outcome: 'loaded' as const, tables, files, rejected: [], warnings: [] };
  return { kind: 'completed', outcome };
}

/** Runs loads that come to these results, and reads what `/metrics` and the log then say. */
async function metered(request: LoadRequested, ...results: readonly LoadResult[]) {
  const metrics = createMetrics('loader');
  const lines: { level: string; fields: Record<string, unknown>; sentence: string }[] = [];
  const say = (level: string) => (fields: Record<string, unknown>, sentence: string) =>
    void lines.push({ level, fields, sentence });
  const log = { ...silentLog, info: say('info'), warn: say('warn') };
  for (const result of results) await meter(async () => result, { metrics, log })(request, LANE);
  const text = await metrics.registry.metrics();
  const samples = text.split('\n').filter((line) => line.startsWith('dopplershift_'));
  return { lines, samples, metrics };
}

describe('the meter', () => {
  it('counts a load, the rows of each of its tables, and what became of its files', async () => {
    const losses = { rejectedRows: 3, truncatedValues: 1, replacedChars: 0, nulledDates: 0 };
    const files: FileOutcome[] = [
      { ref: fileRef({ key: 'a' }), status: 'loaded', rows: 5 },
      { ref: fileRef({ key: 'b' }), status: 'already-loaded', rows: 0 },
      { ref: fileRef({ key: 'c' }), status: 'loaded', rows: 0 },
    ];
    const result = completed([table(ORDERS, { losses }), table(ODD)], files);
    const { samples } = await metered(requestFor(ORDERS, ODD), result);
    const both = String.raw`sales.orders,\"Sales\".\"line \"\"items\"\"\"`;
    expect(samples).toContain(
      `dopplershift_loads_total{table="${both}",outcome="loaded",service="loader"} 1`,
    );
    const rows = (what: string, count: number) =>
      `dopplershift_rows_total{table="sales.orders",what="${what}",service="loader"} ${count}`;
    expect(samples).toEqual(
      expect.arrayContaining([rows('read', 5), rows('inserted', 4), rows('deleted', 2), rows('rejected', 3)]),
    );
    expect(samples).toContain('dopplershift_files_total{outcome="loaded",service="loader"} 2');
    expect(samples).toContain('dopplershift_files_total{outcome="already-loaded",service="loader"} 1');
    expect(samples).toContain('dopplershift_visible_seconds_count{service="loader"} 2');
    expect(samples).toContain('dopplershift_load_seconds_count{service="loader"} 1');
  });

  it('counts a failed load by its code, and no rows', async () => {
    const failed: LoadResult = { kind: 'failed', code: 'copy-rejected' };
    const { samples, lines } = await metered(requestFor(ORDERS), failed, failed);
    expect(samples).toContain(
      'dopplershift_loads_total{table="sales.orders",outcome="copy-rejected",service="loader"} 2',
    );
    expect(samples.filter((line) => line.startsWith('dopplershift_rows_total'))).toEqual([]);
    expect(samples).toContain('dopplershift_load_seconds_count{service="loader"} 2');
    expect(lines[0]).toMatchObject({
      level: 'warn',
      fields: { table: 'sales.orders', code: 'copy-rejected', loadId: requestFor(ORDERS).loadId },
    });
  });

  it('leaves one line for each load, with its rows over all tables', async () => {
    const { lines } = await metered(requestFor(ORDERS, ODD), completed([table(ORDERS), table(ODD)]));
    expect(lines).toMatchObject([
      { level: 'info', sentence: 'load done', fields: { outcome: 'loaded', files: 0, rows: 8 } },
    ]);
  });

  it('counts nothing for a load that is tried again', async () => {
    const metrics = createMetrics('loader');
    const load = meter(() => Promise.reject(new Error('away')), { metrics, log: silentLog });
    await expect(load(requestFor(ORDERS), LANE)).rejects.toThrow('away');
    expect(await metrics.registry.metrics()).toContain('dopplershift_load_seconds_count{service="loader"} 0');
  });

  it('takes a file from a store whose clock is ahead for one that is visible at once', async () => {
    const ref = fileRef({ lastModified: Date.now() + 3_600_000 });
    const { samples } = await metered(
      requestFor(ORDERS),
      completed([], [{ ref, status: 'loaded', rows: 1 }]),
    );
    expect(samples).toContain('dopplershift_visible_seconds_sum{service="loader"} 0');
  });
});
