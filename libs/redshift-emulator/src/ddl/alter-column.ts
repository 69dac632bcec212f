import { ident, literal } from '../sql/quote.ts';
import type { Plan, Stage } from '../statements/plan.ts';
import { StatementError } from '../wire/server-message.ts';
import type { Altered } from './altered.ts';
import { readColumnType } from './column-type.ts';
import { noteColumns, regclass } from './note-table.ts';
import { TableFacts } from './table-facts.ts';

/** The one change of type that Redshift knows, the length of a VARCHAR; and encodings. */
export function planAlterColumn(table: Altered): Plan {
  const { cursor } = table;
  cursor.take('column');
  const column = cursor.name();
  if (cursor.take('encode')) return planEncode(table, column);
  if (!cursor.take('type')) throw notSupported();
  const type = readColumnType(cursor);
  cursor.needEnd();
  if (!type.startsWith('varchar(')) throw notSupported();
  return { kind: 'act', act: (stage) => changeLength(stage, table, column, type) };
}

/** Several encodings may be changed at once; other actions may not be. */
function planEncode({ cursor, sql }: Altered, first: string): Plan {
  const facts = new TableFacts();
  facts.column(first).encoding = cursor.name();
  while (cursor.takeSymbol(',')) {
    cursor.need('alter');
    cursor.take('column');
    const column = cursor.name();
    cursor.need('encode');
    facts.column(column).encoding = cursor.name();
  }
  cursor.needEnd();
  return {
    kind: 'act',
    act: async (stage) => {
      await stage.inTransaction(() => noteColumns(stage, sql, facts));
      return 'ALTER TABLE';
    },
  };
}

async function changeLength(stage: Stage, { sql }: Altered, column: string, type: string): Promise<string> {
  if (stage.inBlock)
    throw new StatementError({
      sqlState: '25001',
      message: 'ALTER TABLE ALTER COLUMN cannot run inside a transaction block',
    });
  return stage.inTransaction(async () => {
    const { rows } = await stage.run(
      `select format_type(atttypid, atttypmod) from pg_catalog.pg_attribute
       where attrelid = ${regclass(sql)} and attname = ${literal(column)} and not attisdropped`,
    );
    if (rows[0] && !rows[0][0]?.startsWith('character varying')) throw notSupported();
    await stage.run(`alter table ${sql} alter column ${ident(column)} type ${type}`);
    await stage.run(`select redshift_emulator.count_bytes(${regclass(sql)})`);
    return 'ALTER TABLE';
  });
}

function notSupported(): StatementError {
  return new StatementError({
    sqlState: '0A000',
    message: 'ALTER COLUMN changes the length of a VARCHAR column or an ENCODE, nothing else',
    hint: 'Add a column of the other type, copy the values, drop the old one and rename.',
  });
}
