import type { LoadRequested } from '#contracts';
import { printTarget } from '#contracts';
import type { ServiceParts } from '#service';
import type { Load } from './loader.controller.ts';
import type { LoadResult } from './run-load.ts';

/** A load that also counts itself, and leaves one line in the log. */
export function meter(load: Load, parts: Pick<ServiceParts, 'metrics' | 'log'>): Load {
  return async (request, lane) => {
    const startedAt = Date.now();
    const result = await load(request, lane);
    count(request, result, { startedAt }, parts);
    return result;
  };
}

function count(
  request: LoadRequested,
  result: LoadResult,
  run: { readonly startedAt: number },
  { metrics, log }: Pick<ServiceParts, 'metrics' | 'log'>,
): void {
  const seconds = (Date.now() - run.startedAt) / 1000;
  const table = request.plan.tables.map(({ target }) => printTarget(target)).join(',');
  const fields = { loadId: request.loadId, table, seconds };
  metrics.loadSeconds.observe(seconds);
  if (result.kind === 'failed') {
    metrics.loads.inc({ table, outcome: result.code });
    return log.warn({ ...fields, code: result.code }, 'load failed');
  }
  const { outcome } = result;
  metrics.loads.inc({ table, outcome: outcome.outcome });
  for (const { target, rowsRead, rowsInserted, rowsDeleted, losses } of outcome.tables) {
    const name = printTarget(target);
    metrics.rows.inc({ table: name, what: 'read' }, rowsRead);
    metrics.rows.inc({ table: name, what: 'inserted' }, rowsInserted);
    metrics.rows.inc({ table: name, what: 'deleted' }, rowsDeleted);
    metrics.rows.inc({ table: name, what: 'rejected' }, losses.rejectedRows ?? 0);
  }
  for (const { status, ref } of outcome.files) {
    metrics.files.inc({ outcome: status });
    if (status === 'loaded')
      metrics.visibleSeconds.observe(Math.max(0, (Date.now() - ref.lastModified) / 1000));
  }
  const rows = outcome.tables.reduce((sum, one) => sum + one.rowsInserted, 0);
  return log.info({ ...fields, outcome: outcome.outcome, files: outcome.files.length, rows }, 'load done');
}
