import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Seconds; a load takes from milliseconds to an hour. */
const LOAD_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

export type Metrics = ReturnType<typeof createMetrics>;

/** Every counter of the services, in one place, so that a dashboard can be held against it. */
const COUNTERS = {
  loads: {
    name: 'dopplershift_loads_total',
    help: 'Loads that ended, by table and outcome (loaded, nothing-to-do, stale, or a failure code)',
    labelNames: ['table', 'outcome'],
  },
  rows: {
    name: 'dopplershift_rows_total',
    help: 'Rows, by table and what became of them (read, inserted, deleted, rejected)',
    labelNames: ['table', 'what'],
  },
  files: {
    name: 'dopplershift_files_total',
    help: 'Files, by what became of them',
    labelNames: ['outcome'],
  },
  published: {
    name: 'dopplershift_events_published_total',
    help: 'Events acknowledged by the broker, by topic',
    labelNames: ['type'],
  },
  handled: {
    name: 'dopplershift_events_handled_total',
    help: 'Events whose lane is done with them, by topic and outcome',
    labelNames: ['type', 'outcome'],
  },
} as const;

const HISTOGRAMS = {
  loadSeconds: {
    name: 'dopplershift_load_seconds',
    help: 'Seconds from the start of a load to its published facts',
  },
  visibleSeconds: {
    name: 'dopplershift_visible_seconds',
    help: 'Seconds from the upload of a file to its commit',
  },
} as const;

export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = { buckets: LOAD_BUCKETS, registers };
  return {
    registry,
    loads: new Counter({ ...COUNTERS.loads, registers }),
    rows: new Counter({ ...COUNTERS.rows, registers }),
    files: new Counter({ ...COUNTERS.files, registers }),
    published: new Counter({ ...COUNTERS.published, registers }),
    handled: new Counter({ ...COUNTERS.handled, registers }),
    loadSeconds: new Histogram({ ...HISTOGRAMS.loadSeconds, ...seconds }),
    visibleSeconds: new Histogram({ ...HISTOGRAMS.visibleSeconds, ...seconds }),
    gauge: (name: string, help: string, value: () => number) =>
      new Gauge({
        name: `dopplershift_${name}`,
        help,
        registers,
        collect() {
          this.set(value());
        },
      }),
  };
}
