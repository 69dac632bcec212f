import { idents, tableIdent } from '../sql/quote.ts';
import type { Plan, Stage } from '../statements/plan.ts';
import { StatementError } from '../wire/server-message.ts';
import type { Altered } from './altered.ts';
import { regclass } from './note-table.ts';

type Extra = 'refuse' | 'ignore' | 'fill';

/** ALTER TABLE target APPEND FROM source: the rows move, and no transaction may be around it. */
export function planAppend({ cursor, sql: target }: Altered): Plan {
  const source = tableIdent(cursor.tableName());
  const extra: Extra = cursor.take('ignoreextra') ? 'ignore' : cursor.take('filltarget') ? 'fill' : 'refuse';
  cursor.needEnd();
  return { kind: 'act', act: (stage) => append(stage, target, source, extra) };
}

async function append(stage: Stage, target: string, source: string, extra: Extra): Promise<string> {
  if (stage.inBlock)
    throw new StatementError({
      sqlState: '25001',
      message: 'ALTER TABLE APPEND cannot run inside a transaction block',
    });
  return stage.inTransaction(async () => {
    const [into, from] = [await columnsOf(stage, target), await columnsOf(stage, source)];
    if (extra !== 'ignore') refuseExtra(from, into, 'source', 'IGNOREEXTRA');
    if (extra !== 'fill') refuseExtra(into, from, 'target', 'FILLTARGET');
    const shared = idents(into.filter((name) => from.includes(name)));
    await stage.run(`insert into ${target} (${shared}) select ${shared} from ${source}`);
    await stage.run(`truncate ${source}`);
    return 'ALTER TABLE';
  });
}

function refuseExtra(these: readonly string[], others: readonly string[], whose: string, word: string): void {
  const extra = these.filter((name) => !others.includes(name));
  if (extra.length > 0)
    throw new StatementError({
      sqlState: 'XX000',
      message: `ALTER TABLE APPEND: the ${whose} table has columns that the other lacks: ${extra.join(', ')}`,
      hint: `${word} allows it.`,
    });
}

async function columnsOf(stage: Stage, table: string): Promise<string[]> {
  const { rows } = await stage.run(
    `select attname from pg_catalog.pg_attribute
     where attrelid = ${regclass(table)} and attnum > 0 and not attisdropped order by attnum`,
  );
  return rows.map(([name]) => name ?? '');
}
