import { Failure, printTarget } from '#contracts';
import type { Target } from '#contracts';
import type { ColumnFacts } from '../compare-columns.ts';
import type { TableColumn } from '../match-columns.ts';
import type { Session } from '../sessions.ts';

/** The columns of the target in the table's order; `undefined` when there is no such table. */
export async function readTable(session: Session, target: Target): Promise<TableColumn[] | undefined> {
  const rows = await session.rows<{
    name: string | null;
    type: string;
    not_null: boolean;
    identity: string;
    generated: string;
  }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
       a.attidentity as identity, a.attgenerated as generated
     from pg_class as c
     join pg_namespace as n on n.oid = c.relnamespace
     left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'f')
     order by a.attnum`,
    [target.schema, target.table],
  );
  if (rows.length === 0) return undefined;
  return rows.flatMap((row) => (row.name === null ? [] : [columnOf({ ...row, name: row.name })]));
}

/** What a strict check of columns compares, in the table's order. It has neither distkey nor sortkey here. */
export async function readFacts(session: Session, target: Target): Promise<ColumnFacts[]> {
  const rows = await session.rows<{
    name: string;
    type: string;
    not_null: boolean;
    default_value: string | null;
    primary_key: boolean;
  }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
       pg_get_expr(d.adbin, d.adrelid) as default_value,
       exists (select 1 from pg_index as i
         where i.indrelid = c.oid and i.indisprimary and a.attnum = any(i.indkey)) as primary_key
     from pg_class as c
     join pg_namespace as n on n.oid = c.relnamespace
     join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'f')
     order by a.attnum`,
    [target.schema, target.table],
  );
  return rows.map((row) => ({
    name: row.name,
    type: row.type,
    notNull: row.not_null,
    primaryKey: row.primary_key,
    ...(row.default_value !== null && { defaultValue: row.default_value }),
  }));
}

/** @throws Failure `schema-mismatch` when there is no such table */
export async function needTable(session: Session, target: Target): Promise<TableColumn[]> {
  const columns = await readTable(session, target);
  if (columns) return columns;
  throw new Failure('schema-mismatch', `there is no table ${printTarget(target)}`, {
    remedy: `Create ${printTarget(target)}, or correct :table in the manifest, then: dopplershift retry.`,
  });
}

function columnOf(row: {
  name: string;
  type: string;
  not_null: boolean;
  identity: string;
  generated: string;
}): TableColumn {
  return {
    name: row.name,
    type: row.type,
    notNull: row.not_null,
    identity: row.identity === 'a' ? 'always' : row.identity === 'd' ? 'by-default' : 'no',
    generated: row.generated !== '',
  };
}
