import type { TargetColumn } from '#copy';
import { literal, tableIdent } from '../sql/quote.ts';
import type { TableName } from '../sql/token-cursor.ts';
import type { Stage } from '../statements/plan.ts';
import { StatementError } from '../wire/server-message.ts';

export type CopyTarget = {
  readonly oid: number;
  readonly name: TableName;
  /** quoted */
  readonly sql: string;
  readonly columns: readonly TargetColumn[];
};

/** @throws StatementError in Redshift's words when there is no such table */
export async function findTarget(stage: Stage, name: TableName): Promise<CopyTarget> {
  const sql = tableIdent(name);
  const { rows } = await stage.run(
    `select c.oid, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef,
       a.attidentity
     from pg_catalog.pg_class as c
     join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.oid = to_regclass(${literal(sql)})
     order by a.attnum`,
  );
  const [first] = rows;
  if (first === undefined)
    throw new StatementError({
      sqlState: 'XX000',
      message: `Cannot COPY into nonexistent table ${name.table}`,
    });
  if (first[1] !== 'r')
    throw new StatementError({ sqlState: '42809', message: `"${name.table}" is not a table` });
  return { oid: Number(first[0]), name, sql, columns: rows.map((row) => columnOf(row.slice(2))) };
}

function columnOf(row: readonly (string | null)[]): TargetColumn {
  const [name, type, notNull, hasDefault, identity] = row;
  return {
    name: name ?? '',
    type: (type ?? '').replace(/^redshift_emulator\./, ''),
    notNull: notNull === 't',
    hasDefault: hasDefault === 't',
    ...(identity === 'a' && { identity: 'always' as const }),
    ...(identity === 'd' && { identity: 'by default' as const }),
  };
}
