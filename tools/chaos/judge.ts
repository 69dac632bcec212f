import type { Deed, TableName, Version } from './story.ts';
import { TABLES, uidOf } from './story.ts';

export type Row = { readonly id: number; readonly version: number; readonly uid: string };
export type Contents = Readonly<Record<TableName, readonly Row[]>>;

/**
 * What was uploaded: versions that must be there, and versions that were overwritten or deleted in time,
 * maybe.
 */
type Uploads = { readonly certain: readonly Version[]; readonly possible: readonly Version[] };

/**
 * Holds the tables against a model of what exactly once allows. A version that stayed must be in the table
 * whole
 * and once; one that was overwritten or deleted may have been loaded before that, whole and once, or not at
 * all.
 * Returns every difference as a sentence; none means 0 lost, 0 doubled.
 */
export function judge(deeds: readonly Deed[], contents: Contents): string[] {
  return TABLES.flatMap((table) => {
    const uploads = uploadsOf(table, deeds);
    const rows = contents[table];
    const strange = strangers(table, uploads, rows);
    switch (table) {
      case 'append_blind':
        return [...strange, ...wholeOnce(table, uploads, rows)];
      case 'append_keyed':
      case 'merge_keyed':
      case 'merge_loose':
        return [...strange, ...oncePerId(table, uploads, rows)];
      case 'replace_all':
        return [...strange, ...onlyTheLast(table, uploads, rows)];
    }
  });
}

function uploadsOf(table: TableName, deeds: readonly Deed[]): Uploads {
  const standing = new Map<string, Version>();
  const possible: Version[] = [];
  for (const deed of deeds) {
    const touched = touchedBy(deed);
    if (touched?.table !== table) continue;
    const before = standing.get(touched.file);
    if (before) possible.push(before);
    if (touched.becomes) standing.set(touched.file, touched.becomes);
    else standing.delete(touched.file);
  }
  return { certain: [...standing.values()], possible };
}

type Touched = { readonly table: TableName; readonly file: string; readonly becomes?: Version };

function touchedBy(deed: Deed): Touched | undefined {
  switch (deed.kind) {
    case 'upload':
    case 'overwrite':
      return { table: deed.version.table, file: deed.version.file, becomes: deed.version };
    case 'delete':
      return deed;
    case 'announce-again':
    case 'hint':
    case 'rest':
      return undefined;
  }
}

/** The versions that nobody overwrote or deleted: they must have been loaded, and archived as they were. */
export function certainVersions(deeds: readonly Deed[]): Version[] {
  return TABLES.flatMap((table) => uploadsOf(table, deeds).certain);
}

function strangers(table: TableName, uploads: Uploads, rows: readonly Row[]): string[] {
  const known = new Set(
    [...uploads.certain, ...uploads.possible].flatMap((v) => v.ids.map((id) => uidOf(v, id))),
  );
  return rows
    .filter((row) => !known.has(row.uid))
    .map((row) => `${table}: row ${row.uid} was never uploaded`);
}

function wholeOnce(table: TableName, uploads: Uploads, rows: readonly Row[]): string[] {
  const count = new Map<string, number>();
  for (const row of rows) count.set(row.uid, (count.get(row.uid) ?? 0) + 1);
  const timesOf = (version: Version) => version.ids.map((id) => count.get(uidOf(version, id)) ?? 0);
  const lost = uploads.certain
    .filter((version) => timesOf(version).some((times) => times === 0))
    .map((version) => `${table}: ${version.file} v${version.version} is lost, in whole or in part`);
  const doubled = [...uploads.certain, ...uploads.possible]
    .filter((version) => timesOf(version).some((times) => times > 1))
    .map((version) => `${table}: ${version.file} v${version.version} is doubled`);
  const torn = uploads.possible
    .filter((version) => new Set(timesOf(version)).size > 1)
    .map((version) => `${table}: ${version.file} v${version.version} is there in part`);
  return [...lost, ...doubled, ...torn];
}

function oncePerId(table: TableName, uploads: Uploads, rows: readonly Row[]): string[] {
  const found = new Map<number, Row>();
  const doubled: string[] = [];
  for (const row of rows) {
    if (found.has(row.id)) doubled.push(`${table}: id ${row.id} is doubled`);
    found.set(row.id, row);
  }
  const problems = [];
  for (const version of uploads.certain)
    for (const id of version.ids) {
      const row = found.get(id);
      if (!row) problems.push(`${table}: id ${id} of ${version.file} v${version.version} is lost`);
      else if (table === 'append_keyed' ? row.version > version.version : row.version < version.version)
        problems.push(outOfOrder(table, row, version));
    }
  return [...doubled, ...problems];
}

/** A merge keeps the row of the last upload, an insert of absent rows that of the first. */
function outOfOrder(table: TableName, row: Row, version: Version): string {
  const when = table === 'append_keyed' ? 'earlier' : 'later';
  const other = `${version.file} v${version.version}`;
  return `${table}: id ${row.id} is v${row.version}, but ${other} was uploaded ${when}`;
}

function onlyTheLast(table: TableName, uploads: Uploads, rows: readonly Row[]): string[] {
  const last = uploads.certain.toSorted((a, b) => a.version - b.version).at(-1);
  if (!last) return rows.length === 0 ? [] : [`${table}: ${rows.length} rows in a table that must be empty`];
  const expected = last.ids.map((id) => uidOf(last, id)).toSorted();
  const actual = rows.map((row) => row.uid).toSorted();
  return expected.join() === actual.join()
    ? []
    : [`${table}: holds ${actual.length} rows, but ${last.file} v${last.version} has ${expected.length}`];
}
