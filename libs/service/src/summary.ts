import type { Log } from '#contracts';
import type { Metrics } from './metrics.ts';

/**
 * The periodic line for people who read logs: what happened since the last one, from the same counters that
 * `/metrics` shows. It stands in for Blueshift's log-metrics-reporter (reference/blueshift.md, Config).
 */
export type Counts = Readonly<Record<string, number>>;

/** What grew since the last line, by name; nothing when all stood still. */
export function growth(before: Counts, after: Counts): Counts {
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
      .filter(([, grown]) => grown !== 0),
  );
}

export function summarySentence(grown: Counts, intervalMs: number): string {
  const parts = Object.entries(grown).map(([name, value]) => `${name} +${value}`);
  const span = `last ${Math.round(intervalMs / 1000)} s`;
  return parts.length === 0 ? `${span}: nothing to do` : `${span}: ${parts.join(', ')}`;
}

/** Sums of the counters of `/metrics` over all their labels, by name without prefix and suffix. */
async function countsOf(metrics: Metrics): Promise<Counts> {
  const found = await metrics.registry.getMetricsAsJSON();
  return Object.fromEntries(
    found
      .filter((metric) => metric.name.startsWith('dopplershift_') && metric.name.endsWith('_total'))
      .map((metric) => [
        metric.name.slice('dopplershift_'.length, -'_total'.length),
        metric.values.reduce((sum, sample) => sum + sample.value, 0),
      ]),
  );
}

/** Logs a line each interval; 0 turns it off. Returns how to stop it. */
export function startSummary(
  parts: { readonly metrics: Metrics; readonly log: Log },
  intervalMs: number,
): () => void {
  if (intervalMs === 0) return () => undefined;
  let before: Counts = {};
  const timer = setInterval(() => {
    void countsOf(parts.metrics).then((after) => {
      const grown = growth(before, after);
      before = after;
      parts.log.info({ grown }, summarySentence(grown, intervalMs));
      return undefined;
    });
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
