/**
 * Blueshift's `config.edn` (reference/blueshift.md, Config) said in our sections. Only what Blueshift
 * calls otherwise is translated; sections of ours may stand beside it, e.g. `:manifests
 * {:allow-inline-urls true}`.
 */
import { suggestion } from '#sources';
import type { DocumentNode, MapEntry, MapNode } from '#sources';
import { keyText, refuse } from './file-reading.ts';
import type { FileReading } from './file-reading.ts';

const TOP = ['redshift-connections', 'telemetry'];
const IN_S3 = ['credentials', 'key-pattern', 'poll-interval'];
/** its log reporter, once a minute, is our summary line */
const LOG_REPORTER = 'uswitch.blueshift.telemetry/log-metrics-reporter';

export function isBlueshift(root: MapNode): boolean {
  return root.entries.some(({ key, value }) => {
    if (key.kind !== 'keyword') return false;
    if (TOP.includes(key.name)) return true;
    return key.name === 's3' && value.kind === 'map' && value.entries.some((entry) => isOf(entry, IN_S3));
  });
}

export function translateBlueshift(root: MapNode, reading: FileReading): readonly MapEntry[] {
  return root.entries.flatMap((entry) => {
    switch (keyText(entry.key)) {
      case 's3':
        return translateS3(entry, reading);
      case 'redshift-connections':
        return translateConnections(entry, reading);
      case 'telemetry':
        warnOfReporters(entry.value, reading);
        return [];
      default:
        return [entry];
    }
  });
}

/** `:credentials`, `:key-pattern` and `:poll-interval` move; the other keys are called as ours. */
function translateS3({ key, value }: MapEntry, reading: FileReading): MapEntry[] {
  if (value.kind !== 'map') return [{ key, value }];
  const s3: MapEntry[] = value.entries.filter((entry) => !isOf(entry, IN_S3));
  const watcher: MapEntry[] = [];
  for (const entry of value.entries) {
    const name = keyText(entry.key);
    if (name === 'credentials')
      s3.push(...moved(entry, { 'access-key': 'access-key-id', 'secret-key': 'secret-access-key' }, reading));
    if (name === 'key-pattern') watcher.push(entry);
    if (name === 'poll-interval')
      watcher.push(
        ...moved(entry, { seconds: 'poll-interval-ms', 'random-seconds': 'poll-jitter-ms' }, reading).map(
          (one) => ({ key: one.key, value: inMilliseconds(one.value) }),
        ),
      );
  }
  return [section(key, 's3', s3), section(key, 'watcher', watcher)];
}

/** The entries of a small map under their new names. */
function moved(
  { key, value }: MapEntry,
  names: Readonly<Record<string, string>>,
  reading: FileReading,
): MapEntry[] {
  const name = keyText(key);
  if (value.kind !== 'map') {
    refuse(reading, value, `s3 ${name}: expected a map`);
    return [];
  }
  return value.entries.flatMap((entry) => {
    const old = keyText(entry.key);
    const renamed = names[old];
    if (renamed !== undefined) return [{ key: keyword(renamed, entry.key), value: entry.value }];
    const known = Object.keys(names);
    refuse(
      reading,
      entry.key,
      `s3 ${name}: unknown key; known are ${known.join(', ')}${suggestion(old, known)}`,
    );
    return [];
  });
}

function inMilliseconds(node: DocumentNode): DocumentNode {
  return node.kind === 'integer' ? { ...node, value: node.value * 1_000n } : node;
}

/** A list of maps of one entry each, `[{:dw1 {:jdbc-url "…"}} …]`. */
function translateConnections({ key, value }: MapEntry, reading: FileReading): MapEntry[] {
  const form = 'redshift-connections: expected a list of maps {:name {:jdbc-url "…"}}';
  if (value.kind !== 'vector' && value.kind !== 'list') {
    refuse(reading, value, form);
    return [];
  }
  const seen = new Set<string>();
  const warehouses = value.items.flatMap((item) => {
    if (item.kind !== 'map') {
      refuse(reading, item, form);
      return [];
    }
    return item.entries.flatMap((entry) => {
      const name = keyText(entry.key);
      if (seen.has(name)) refuse(reading, entry.key, 'redshift-connections: this name appears twice');
      seen.add(name);
      return [{ key: entry.key, value: translateConnection(entry.value) }];
    });
  });
  return [section(key, 'warehouses', warehouses)];
}

function translateConnection(node: DocumentNode): DocumentNode {
  if (node.kind !== 'map') return node;
  const entries = node.entries.map((entry) =>
    keyText(entry.key) === 'jdbc-url' ? { ...entry, key: keyword('url', entry.key) } : entry,
  );
  return { ...node, entries };
}

function warnOfReporters(node: DocumentNode, reading: FileReading): void {
  if (node.kind !== 'map') return refuse(reading, node, 'telemetry: expected a map {:reporters [...]}');
  for (const { key, value } of node.entries) {
    if (keyText(key) !== 'reporters') refuse(reading, key, 'telemetry: unknown key; only reporters is known');
    else if (value.kind !== 'vector' && value.kind !== 'list')
      refuse(reading, value, 'telemetry reporters: expected a list of symbols');
    else for (const reporter of value.items) warnOfReporter(reporter, reading);
  }
}

function warnOfReporter(reporter: DocumentNode, reading: FileReading): void {
  if (reporter.kind !== 'symbol') refuse(reading, reporter, 'telemetry reporters: expected a symbol');
  else if (reporter.name !== LOG_REPORTER)
    reading.warnings.push(
      `${reading.placeOf(reporter)}: telemetry reporter ${reporter.name} is not known here; ` +
        'its place is taken by GET /metrics of every service (Prometheus), and by service.summaryIntervalMs',
    );
}

function isOf(entry: MapEntry, names: readonly string[]): boolean {
  return names.includes(keyText(entry.key));
}

function keyword(name: string, like: DocumentNode): DocumentNode {
  return { kind: 'keyword', at: like.at, name };
}

function section(like: DocumentNode, name: string, entries: readonly MapEntry[]): MapEntry {
  return { key: keyword(name, like), value: { kind: 'map', at: like.at, entries } };
}
