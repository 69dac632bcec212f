import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Seconds; a load takes from milliseconds to an hour. */
const LOAD_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric the services expose, in one place, so that a dashboard can be held against it. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    loads: new Counter({
      name: 'dopplershift_loads_total',
      help: 'Loads that ended, by table and outcome (loaded, nothing-to-do, stale, or a failure code)',
      labelNames: ['table', 'outcome'],
      registers,
    }),
    loadSeconds: new Histogram({
      name: 'dopplershift_load_seconds',
      help: 'Seconds from the start of a load to its published facts',
      buckets: LOAD_BUCKETS,
      registers,
    }),
    visibleSeconds: new Histogram({
      name: 'dopplershift_visible_seconds',
      help: 'Seconds from the upload of a file to its commit',
      buckets: LOAD_BUCKETS,
      registers,
    }),
    rows: new Counter({
      name: 'dopplershift_rows_total',
      help: 'Rows, by table and what became of them (read, inserted, deleted, rejected)',
      labelNames: ['table', 'what'],
      registers,
    }),
    files: new Counter({
      name: 'dopplershift_files_total',
      help: 'Files, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    published: new Counter({
      name: 'dopplershift_events_published_total',
      help: 'Events acknowledged by the broker, by topic',
      labelNames: ['type'],
      registers,
    }),
    handled: new Counter({
      name: 'dopplershift_events_handled_total',
      help: 'Events whose lane is done with them, by topic and outcome',
      labelNames: ['type', 'outcome'],
      registers,
    }),
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
