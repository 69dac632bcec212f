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
  /** the same key again, in a later second, so that lastModified tells the two apart */
  | { readonly kind: 'overwrite'; readonly version: Version }
  | { readonly kind: 'delete'; readonly table: TableName; readonly file: string }
  | { readonly kind: 'announce-again' };

/** A wave is a burst of deeds; the world comes to rest between two waves. */
export type Story = { readonly waves: readonly (readonly Deed[])[] };

const WAVES = 2;
const FILES_MAX = 5;
const ROWS_MAX = 40;
const IDS = 60;

export function tellStory(random: Random): Story {
  let version = 0;
  const fresh = (table: TableName, file: string): Version => {
    version += 1;
    return { table, file, version, ids: someIds(random) };
  };
  const waves = Array.from({ length: WAVES }, (_unused, wave) => {
    const deeds: Deed[] = [];
    for (const table of TABLES) {
      // A replace loads what one listing shows, so its outcome is only certain with one file at a time.
      const files = table === 'replace_all' ? 1 : 1 + random.below(FILES_MAX);
      for (let n = 0; n < files; n += 1) {
        const file = `w${wave}-${String(n).padStart(2, '0')}.csv`;
        deeds.push({ kind: 'upload', version: fresh(table, file) });
        if (random.chance(0.25)) deeds.push({ kind: 'overwrite', version: fresh(table, file) });
        else if (table !== 'replace_all' && random.chance(0.15)) deeds.push({ kind: 'delete', table, file });
      }
    }
    if (random.chance(0.7)) deeds.push({ kind: 'announce-again' });
    return deeds;
  });
  return { waves };
}

function someIds(random: Random): number[] {
  const ids = new Set<number>();
  const count = 1 + random.below(ROWS_MAX);
  while (ids.size < count) ids.add(random.below(IDS));
  return [...ids];
}

/** The file as it goes to S3: `id,version,uid`, where uid is unique to this row of this version. */
export function bodyOf(version: Version): Buffer {
  return Buffer.from(version.ids.map((id) => `${id},${version.version},${uidOf(version, id)}\n`).join(''));
}

export function uidOf(version: Version, id: number): string {
  return `${version.version}-${id}`;
}
