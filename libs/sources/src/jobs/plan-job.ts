import { loadIdOf, parseTarget, printTarget } from '#contracts';
import type {
  Copy,
  DeleteRows,
  FileRef,
  Freshness,
  LoadPlan,
  LoadRequested,
  Source,
  Step,
  TablePlan,
  WarehouseName,
} from '#contracts';
import type { JobInput } from './find-input.ts';
import type { Job } from './job.ts';
import type { TableConfig } from './table-config.ts';
import { rangeAround, rangeOfWall } from './time-range.ts';

/** One table of a job with everything that was found for it. */
export type JobOrder = {
  readonly job: Job;
  readonly table: string;
  readonly input: Pick<JobInput, 'date' | 'suffix'>;
  /** what the manifest names, or the files themselves */
  readonly files: readonly FileRef[];
  readonly config: TableConfig;
  readonly warehouse: WarehouseName;
  readonly statementTimeoutMs: number;
  /** epoch ms */
  readonly requestedAt: number;
  readonly source: Source;
};

/**
 * One table, one transaction (reference/s3-to-redshift.md): guard, table, rows that give way, copy, latency.
 * A job that came before meets the ledger and is done. `force` lets it run again, and `truncate` too, since
 * then the table holds exactly the file's rows however often it runs.
 */
export function planJob(order: JobOrder): LoadRequested {
  const { job } = order;
  const table = tablePlan(order);
  const plan: LoadPlan = {
    warehouse: { kind: 'Named', name: order.warehouse },
    once: { kind: table.steps.some((step) => step.kind === 'DeleteRows') ? 'Whole' : 'EachFile' },
    tables: [table],
    statementTimeoutMs: order.statementTimeoutMs,
  };
  return {
    type: 'load-requested',
    loadId: loadIdOf(plan),
    requestedAt: order.requestedAt,
    source: order.source,
    plan,
    afterLoad: { data: 'keep' },
    retry: true,
    force: job.force || job.truncate,
  };
}

/** What cannot be done with this job and this config together. */
export function jobProblems({ job, config }: Pick<JobOrder, 'job' | 'config'>): string[] {
  const column = config.columns.find(({ name }) => name === config.dataDateColumn);
  if (job.period.kind !== 'hour' || column?.type !== 'date') return [];
  return [`granularity hour needs a datadatecolumn of type timestamp, and ${column.name} is a date`];
}

function tablePlan(order: JobOrder): TablePlan {
  const { job, config } = order;
  const target = parseTarget(order.table, { schema: job.schema.toLowerCase() });
  const guard = guardOf(order);
  const steps: Step[] = [
    {
      kind: 'EnsureTable',
      columns: config.columns,
      whenMissing: 'create',
      newColumns: 'add',
      check: isJson(job) ? 'by-name' : 'by-position',
    },
    ...rowsThatGiveWay(order),
    copyOf(order),
    { kind: 'TouchLatency', name: printTarget(target) },
  ];
  return { target, steps, ...(guard && { guard }) };
}

/** A stream is never stale: its range says which rows are meant. */
function guardOf({ job, config, input }: JobOrder): Freshness | undefined {
  const { kind, timeZone } = job.period;
  if (kind === 'stream') return undefined;
  const { dataDateColumn: column } = config;
  return { column, granularity: kind, timeZone, dataDate: input.date.at, force: job.force };
}

function rowsThatGiveWay({ job, config, input }: JobOrder): DeleteRows[] {
  if (job.truncate) return [{ kind: 'DeleteRows', rows: { kind: 'All' } }];
  const { period } = job;
  const range =
    period.kind === 'stream'
      ? rangeOfWall({ from: period.from, to: period.to }, period.timeZone)
      : rangeAround(input.date.at, period.kind, period.timeZone);
  // An empty range adds only; then each file is loaded once, also when a later job names it with others.
  if (range.wall.from === range.wall.to) return [];
  return [{ kind: 'DeleteRows', rows: { kind: 'Range', column: config.dataDateColumn, ...range } }];
}

function copyOf(order: JobOrder): Copy {
  return {
    kind: 'Copy',
    files: { kind: 'Inline', refs: order.files },
    columns: order.config.columns.map(({ name }) => name),
    options: copyOptions(order),
    apply: 'append',
    keys: [],
  };
}

/**
 * Step 5 of the reference. The manifest is taken apart here, so that each of its files has an identity; the
 * dialect writes its own, and names region and role.
 */
export function copyOptions({ job, input }: Pick<JobOrder, 'job' | 'input'>): string {
  const gzip = job.gzip ?? input.suffix !== 'json';
  const format = isJson(job)
    ? "JSON 'auto'"
    : `DELIMITER AS '${job.delimiter.replaceAll("'", "''")}' ` +
      'REMOVEQUOTES ESCAPE TRIMBLANKS EMPTYASNULL ACCEPTANYDATE';
  return `${gzip ? 'GZIP ' : ''}${format} TIMEFORMAT 'auto' TRUNCATECOLUMNS STATUPDATE ON`;
}

function isJson(job: Job): boolean {
  return job.delimiter === '';
}
