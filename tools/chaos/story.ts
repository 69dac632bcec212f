import type { Random } from './random.ts';

/** How a table of the chaos run takes its files; `loose` tables have no unique constraint. */
export const TABLES = ['merge_keyed', 'merge_loose', 'append_blind', 'append_keyed', 'replace_all'] as const;
export type TableName = (typeof TABLES)[number];

/** One version of one file: its rows carry the version number, which grows with every upload. */
export type Version = {
  readonly table: TableName;
  readonly file: string;
  readonly version: number;
  readonly ids: readonly number[];
};

export type Deed =
  | { readonly kind: 'upload'; readonly version: Version }
  /** the same key again, whatever has become of the first by then */
  | { readonly kind: 'overwrite'; readonly version: Version }
  | { readonly kind: 'delete'; readonly table: TableName; readonly file: string }
  /** an earlier request of the table once more, as a producer that never heard of its acknowledgement does */
  | { readonly kind: 'announce-again'; readonly table: TableName; readonly which: number }
  | { readonly kind: 'hint'; readonly table: TableName }
  /** until nothing of the table is left in the bucket */
  | { readonly kind: 'rest'; readonly table: TableName };

export type Act = { readonly afterMs: number; readonly deed: Deed };

/** The acts of one table follow one another; the tables' go side by side. */
export type Story = Readonly<Record<TableName, readonly Act[]>>;

/** One of something for each table. */
export function byTable<T>(make: (table: TableName) => T): Record<TableName, T> {
  return {
    merge_keyed: make('merge_keyed'),
    merge_loose: make('merge_loose'),
    append_blind: make('append_blind'),
    append_keyed: make('append_keyed'),
    replace_all: make('replace_all'),
  };
}

const WAVES = 2;
const FILES_MAX = 5;
const ROWS_MAX = 40;
const IDS = 60;
/** A file that takes several network packets, so that a connection can be cut inside it. */
const LARGE_ROWS = 3_000;
const BREATH_MS = 120;
const PAUSE_MS = 900;

export function tellStory(random: Random): Story {
  let version = 0;
  const fresh = (table: TableName, file: string): Version => {
    version += 1;
    return { table, file, version, ids: someIds(random) };
  };
  const waves = Array.from({ length: WAVES }, (_unused, wave) => wave);
  return byTable((table) => waves.flatMap((wave) => tellWave(table, { wave, random, fresh })));
}

type Telling = {
  readonly wave: number;
  readonly random: Random;
  readonly fresh: (table: TableName, file: string) => Version;
};

function tellWave(table: TableName, { wave, random, fresh }: Telling): Act[] {
  const acts: Act[] = [];
  const then = (deed: Deed, afterMs = random.below(BREATH_MS)): void => void acts.push({ afterMs, deed });
  const again = (): void => {
    if (random.chance(0.3)) then({ kind: 'announce-again', table, which: random.next() });
    if (random.chance(0.2)) then({ kind: 'hint', table });
  };
  // A replace loads what one listing shows, so its outcome is only certain with one file at a time.
  const isReplace = table === 'replace_all';
  if (wave > 0 && isReplace) then({ kind: 'rest', table });
  const files = isReplace ? 1 : 1 + random.below(FILES_MAX);
  for (let n = 0; n < files; n += 1) {
    const file = `w${wave}-${String(n).padStart(2, '0')}.csv`;
    then({ kind: 'upload', version: fresh(table, file) }, random.below(n === 0 ? PAUSE_MS : BREATH_MS));
    // At once, before anybody saw the first; or so late that it was listed, loaded or cleaned.
    const laterMs = random.pick([0, random.below(BREATH_MS), random.below(PAUSE_MS), 2 * PAUSE_MS]);
    if (random.chance(0.3)) then({ kind: 'overwrite', version: fresh(table, file) }, laterMs);
    else if (!isReplace && random.chance(0.15)) then({ kind: 'delete', table, file }, laterMs);
    again();
  }
  return acts;
}

function someIds(random: Random): number[] {
  if (random.chance(0.06)) return Array.from({ length: LARGE_ROWS }, (_unused, id) => id);
  const ids = new Set<number>();
  const count = 1 + random.below(ROWS_MAX);
  while (ids.size < count) ids.add(random.below(IDS));
  return [...ids];
}

export function deedsOf(story: Story): Deed[] {
  return TABLES.flatMap((table) => story[table].map(({ deed }) => deed));
}

/** The file as it goes to S3: `id,version,uid`, where uid is unique to this row of this version. */
export function bodyOf(version: Version): Buffer {
  return Buffer.from(version.ids.map((id) => `${id},${version.version},${uidOf(version, id)}\n`).join(''));
}

export function uidOf(version: Version, id: number): string {
  return `${version.version}-${id}`;
}
