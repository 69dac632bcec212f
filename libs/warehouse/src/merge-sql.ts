import { ident, idents } from './quote.ts';

/** A staging table and the table it goes into. `target` and `stage` are SQL, names are plain. */
export type Staged = {
  readonly target: string;
  readonly stage: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  /** columns that have one value for each key, so that a join may ask for them too: a distribution key */
  readonly joinedOn?: readonly string[];
};

/**
 * The statements both dialects share. No alias on the target of a delete, no `on conflict`: Redshift
 * has neither (reference/redshift-copy.md §7), and no unique constraint may be assumed. Column lists
 * are always explicit.
 */
export function deleteMatching(staged: Staged): string {
  return `delete from ${staged.target} using ${staged.stage} where ${sameKey(staged)}`;
}

/** A NULL in a key equals nothing: such rows delete nothing, and are absent, hence inserted. */
export function sameKey({ target, stage, keys, joinedOn = [] }: Staged): string {
  return [...new Set([...keys, ...joinedOn])]
    .map((key) => `${target}.${ident(key)} = ${stage}.${ident(key)}`)
    .join(' and ');
}

export function keyed(keys: readonly string[]): string {
  return keys.map((key) => `${ident(key)} is not null`).join(' and ');
}

export function absent(staged: Staged): string {
  return `not exists (select 1 from ${staged.target} where ${sameKey(staged)})`;
}

export type InsertWords = { readonly distinct?: boolean; readonly overriding?: boolean };

/** @param from what follows `select columns` */
export function insertInto(staged: Staged, from: string, words: InsertWords = {}): string {
  const columns = idents(staged.columns);
  const overriding = words.overriding ? 'overriding system value ' : '';
  const distinct = words.distinct ? 'distinct ' : '';
  return `insert into ${staged.target} (${columns}) ${overriding}select ${distinct}${columns} ${from}`;
}
