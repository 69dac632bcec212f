import { literal, tableIdent } from '../sql/quote.ts';
import { isWord } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { TokenCursor } from '../sql/token-cursor.ts';
import type { Act, Plan } from '../statements/plan.ts';
import { translate } from '../statements/translate.ts';
import { StatementError } from '../wire/server-message.ts';
import { planAlterColumn } from './alter-column.ts';
import type { Altered } from './altered.ts';
import { planAppend } from './append-table.ts';
import { noteColumns, noteKeys, regclass } from './note-table.ts';
import { readColumn } from './read-column.ts';
import type { Translate } from './read-column.ts';
import { readDistStyle, readKey, readSortKey } from './read-table.ts';
import { TableFacts } from './table-facts.ts';

/** ALTER TABLE: one action at a time, as Redshift takes it. */
export function planAlterTable(statement: Statement): Plan {
  const cursor = new TokenCursor(statement);
  cursor.need('alter', 'table');
  const name = cursor.tableName();
  const table: Altered = { name, sql: tableIdent(name), cursor };
  if (cursor.take('append', 'from')) return planAppend(table);
  if (cursor.take('add')) return act(readAdd(table, statement));
  if (cursor.take('drop', 'constraint')) return act(readDropKey(table));
  if (cursor.take('alter')) return planAlter(table);
  // DROP COLUMN, RENAME, OWNER: PostgreSQL says them alike
  if (isWord(cursor.peek(), 'drop', 'rename', 'owner')) return { kind: 'forward', sql: translate(statement) };
  throw new StatementError({
    sqlState: '42601',
    message: `syntax error at or near "${cursor.peek()?.raw ?? ''}"`,
  });
}

const act = (work: Act): Plan => ({
  kind: 'act',
  act: (stage) => stage.inTransaction(() => work(stage)),
});

function planAlter(table: Altered): Plan {
  const { cursor } = table;
  if (isWord(cursor.peek(), 'distkey', 'diststyle', 'compound', 'interleaved', 'sortkey', 'encode'))
    return act(readStyle(table));
  return planAlterColumn(table);
}

function readAdd(table: Altered, statement: Statement): Act {
  const { cursor, name, sql } = table;
  const facts = new TableFacts();
  const keyNamed = cursor.take('constraint') ? cursor.name() : undefined;
  if (readKey(cursor, keyNamed, facts)) {
    cursor.needEnd();
    return async (stage) => {
      await noteKeys(stage, sql, name.table, facts.keys);
      return TAG;
    };
  }
  cursor.take('column');
  const say: Translate = (from, to) =>
    translate({ source: statement.source, tokens: statement.tokens.slice(from, to) });
  const definition = readColumn(cursor, facts, say);
  cursor.needEnd();
  refuseUnfit(definition, facts);
  return async (stage) => {
    const { tag } = await stage.run(`alter table ${sql} add column ${definition}`);
    await noteColumns(stage, sql, facts);
    return tag;
  };
}

/** What a column that is added may not be (Redshift's ALTER TABLE, "ADD COLUMN"). */
function refuseUnfit(definition: string, facts: TableFacts): void {
  const isKey = [...facts.columns.values()].some(({ distkey, sortkey }) => distkey || sortkey);
  if (isKey || facts.keys.length > 0 || / as identity /.test(definition))
    throw notSupported('ALTER TABLE ADD COLUMN takes no DISTKEY, SORTKEY, UNIQUE, PRIMARY KEY or IDENTITY');
  if (/ not null\b/.test(definition) && !/ default (?!null)/.test(definition))
    throw notSupported('ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression');
}

function readDropKey({ cursor, sql }: Altered): Act {
  const name = cursor.name();
  if (!cursor.take('cascade')) cursor.take('restrict');
  cursor.needEnd();
  return async (stage) => {
    const { rows } = await stage.run(`select redshift_emulator.drop_key(${regclass(sql)}, ${literal(name)})`);
    if (rows[0]?.[0] === 't') return TAG;
    throw new StatementError({ sqlState: '42704', message: `constraint "${name}" does not exist` });
  };
}

function readStyle({ cursor, sql }: Altered): Act {
  const facts = new TableFacts();
  if (cursor.take('encode', 'auto')) return () => Promise.resolve(TAG);
  if (cursor.take('diststyle')) facts.diststyle = readDistStyle(cursor);
  if (cursor.take('distkey')) facts.setDistKey(cursor.name());
  else if (facts.diststyle === undefined) {
    if (cursor.take('sortkey', 'none')) facts.sortstyle = 'NONE';
    else readSortKey(cursor, facts);
  }
  cursor.needEnd();
  return async (stage) => {
    await stage.run(`select redshift_emulator.change_style(${regclass(sql)}, ${literal(facts.toJson())})`);
    return TAG;
  };
}

const TAG = 'ALTER TABLE';

function notSupported(message: string): StatementError {
  return new StatementError({ sqlState: '0A000', message });
}
