import { literal } from '../sql/quote.ts';
import type { Stage } from '../statements/plan.ts';
import { keyName } from './table-facts.ts';
import type { KeyFacts, TableFacts } from './table-facts.ts';

/** @param table quoted */
export const regclass = (table: string): string => `${literal(table)}::regclass`;

/** Notes what a new table is on Redshift, and makes its VARCHARs count bytes. */
export async function noteTable(stage: Stage, table: string, name: string, facts: TableFacts): Promise<void> {
  const parent = facts.like === undefined ? 'null' : `to_regclass(${literal(facts.like)})`;
  await stage.run(
    `select redshift_emulator.note_table(${regclass(table)}, ${literal(facts.toJson())}, ${parent}),
       redshift_emulator.count_bytes(${regclass(table)})`,
  );
  await noteKeys(stage, table, name, facts.keys);
}

export async function noteColumns(stage: Stage, table: string, facts: TableFacts): Promise<void> {
  const columns = JSON.stringify(Object.fromEntries(facts.columns));
  await stage.run(
    `select redshift_emulator.note_columns(${regclass(table)}, ${literal(columns)}),
       redshift_emulator.count_bytes(${regclass(table)})`,
  );
}

export async function noteKeys(
  stage: Stage,
  table: string,
  name: string,
  keys: readonly KeyFacts[],
): Promise<void> {
  for (const key of keys) {
    const fact = literal(JSON.stringify({ ...key, name: keyName(name, key) }));
    const target = key.to === undefined ? 'null' : regclass(key.to);
    await stage.run(`select redshift_emulator.note_key(${regclass(table)}, ${fact}, ${target})`);
  }
}
