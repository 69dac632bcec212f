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
