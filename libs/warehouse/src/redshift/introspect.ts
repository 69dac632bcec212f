import { Failure, printTarget } from '#contracts';
import type { Target } from '#contracts';
import { isConnectionLost } from '../classify.ts';
import type { ColumnFacts } from '../compare-columns.ts';
import type { TableColumn } from '../match-columns.ts';
import type { Session } from '../sessions.ts';

/** A column as Redshift's catalog shows it. */
export type RedshiftColumn = TableColumn & { readonly hasDefault: boolean };

type Row = {
  readonly name: string | null;
  readonly type: string;
  readonly not_null: boolean;
  readonly default_value: string | null;
};

/** The columns of the target in the table's order; `undefined` when there is no such table. */
export async function readTable(session: Session, target: Target): Promise<RedshiftColumn[] | undefined> {
  // pg_table_def would only show schemas of the search path.
  const rows = await session.rows<Row>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
  pg_get_expr(d.adbin, d.adrelid) as default_value
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v')
order by a.attnum`,
    [target.schema, target.table],
  );
  if (rows.length === 0) return undefined;
  return rows.flatMap((row) => (row.name === null ? [] : [columnOf({ ...row, name: row.name })]));
}

type FactsRow = {
  readonly name: string;
  readonly type: string;
  readonly not_null: boolean;
  readonly default_value: string | null;
  readonly primary_key: boolean;
  readonly dist_key?: boolean;
  readonly sort_order?: string | number;
};

/**
 * What a strict check of columns compares, in the table's order.
 * @param how.showsKeys the catalog has columns for distribution and sort keys; see `showsKeys`
 */
export async function readFacts(
  session: Session,
  target: Target,
  how: { readonly showsKeys: boolean },
): Promise<ColumnFacts[]> {
  const keys = how.showsKeys ? ',\n  a.attisdistkey as dist_key, abs(a.attsortkeyord) as sort_order' : '';
  const rows = await session.rows<FactsRow>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
  pg_get_expr(d.adbin, d.adrelid) as default_value,
  exists (select 1 from pg_constraint as p
    where p.conrelid = c.oid and p.contype = 'p' and a.attnum = any(p.conkey)) as primary_key${keys}
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where n.nspname = $1 and c.relname = $2
order by a.attnum`,
    [target.schema, target.table],
  );
  return rows.map((row) => ({
    name: row.name,
    type: row.type,
    notNull: row.not_null,
    primaryKey: row.primary_key,
    ...(row.default_value !== null && { defaultValue: row.default_value }),
    ...(row.dist_key !== undefined && { distKey: row.dist_key }),
    ...(row.sort_order !== undefined && { sortOrder: Number(row.sort_order) }),
  }));
}

/**
 * Whether the catalog tells distribution and sort keys. Ask outside of a transaction: a stand-in without
 * these columns would end it.
 */
export async function showsKeys(session: Session): Promise<boolean> {
  try {
    await session.rows('select attisdistkey, attsortkeyord from pg_attribute limit 1');
    return true;
  } catch (thrown) {
    if (isConnectionLost(thrown)) throw thrown;
    return false;
  }
}

/** @throws Failure `schema-mismatch` when there is no such table */
export async function needTable(session: Session, target: Target): Promise<RedshiftColumn[]> {
  const columns = await readTable(session, target);
  if (columns) return columns;
  throw new Failure('schema-mismatch', `there is no table ${printTarget(target)}`, {
    remedy: `Create ${printTarget(target)}, or correct :table in the manifest, then: dopplershift retry.`,
  });
}

/** An identity column shows up as a default: `"identity"(101, 0, '1,1'::text)`, `default_identity(…)`. */
function columnOf(row: Row & { readonly name: string }): RedshiftColumn {
  const value = row.default_value ?? '';
  const identity = /^default_identity\(/i.test(value)
    ? 'by-default'
    : /^"?identity"?\(/i.test(value)
      ? 'always'
      : 'no';
  return {
    name: row.name,
    type: row.type,
    notNull: row.not_null,
    identity,
    generated: false,
    hasDefault: value !== '' && identity === 'no',
  };
}

/** @returns nothing when the table has none, or is not there */
export async function readDistKey(session: Session, target: Target): Promise<string | undefined> {
  const [row] = await session.rows<{ name: string }>(
    `select a.attname as name
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = $1 and c.relname = $2 and a.attisdistkey`,
    [target.schema, target.table],
  );
  return row?.name;
}
