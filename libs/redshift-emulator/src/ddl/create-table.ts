import { ident, literal, tableIdent } from '../sql/quote.ts';
import type { Statement } from '../sql/statement.ts';
import type { Plan, Stage } from '../statements/plan.ts';
import { noteTable } from './note-table.ts';
import { readTable } from './read-table.ts';
import type { TableDefinition } from './read-table.ts';

/** CREATE TABLE with Redshift's attributes: PostgreSQL gets what it understands, our catalog the rest. */
export function planCreateTable(statement: Statement): Plan {
  const definition = readTable(statement);
  return {
    kind: 'act',
    act: (stage) => stage.inTransaction(() => createTable(stage, definition)),
  };
}

async function createTable(stage: Stage, definition: TableDefinition): Promise<string> {
  const { name, isTemporary, ifNotExists, facts, sql } = definition;
  const table = isTemporary ? `pg_temp.${ident(name.table)}` : tableIdent(name);
  const isThere = ifNotExists && (await exists(stage, table));
  const { tag } = await stage.run(sql);
  if (!isThere) await noteTable(stage, table, name.table, facts);
  return tag;
}

async function exists(stage: Stage, table: string): Promise<boolean> {
  const { rows } = await stage.run(`select to_regclass(${literal(table)}) is not null`);
  return rows[0]?.[0] === 't';
}
