import { FUNCTIONS_SQL } from './functions-sql.ts';
import { LOAD_VIEWS_SQL } from './load-views-sql.ts';
import { SESSION_VIEWS_SQL } from './session-views-sql.ts';
import { STORES_SQL } from './stores-sql.ts';
import { SYSTEM_VIEWS_SQL } from './system-views-sql.ts';
import { TABLE_VIEWS_SQL } from './table-views-sql.ts';
import { TABLES_SQL } from './tables-sql.ts';

/** Who may connect may read, as with the catalog of a cluster. */
const GRANTS_SQL = 'grant select on all tables in schema redshift_emulator to public';

/** Everything that a database needs before the first client comes, in order; run again it changes nothing. */
export const CATALOG_SQL: readonly string[] = [
  STORES_SQL,
  FUNCTIONS_SQL,
  TABLES_SQL,
  SYSTEM_VIEWS_SQL,
  LOAD_VIEWS_SQL,
  TABLE_VIEWS_SQL,
  SESSION_VIEWS_SQL,
  GRANTS_SQL,
];

/** Relations that are PostgreSQL's as well; ours are asked, which have Redshift's columns besides. */
const SHADOWED = ['pg_attribute', 'pg_class', 'pg_attrdef', 'pg_constraint'];
const OF_INFORMATION_SCHEMA = ['table_constraints', 'key_column_usage'];

/** Ours alone: a client's table may have these names. */
const INTERNAL = new Set(['user_columns', 'known_load_errors', 'known_load_commits']);

/** Relations of Redshift's catalog that are found in our schema, whatever the search path is. */
export const OWN_RELATIONS: ReadonlySet<string> = new Set([
  ...SHADOWED,
  ...OF_INFORMATION_SCHEMA,
  ...[...CATALOG_SQL.join('').matchAll(/create or replace view redshift_emulator\.(\w+)/g)].flatMap(
    ([, name]) => (name === undefined || INTERNAL.has(name) ? [] : [name]),
  ),
]);

/** Those that are meant only when the schema is said. */
export const NEEDS_SCHEMA: ReadonlySet<string> = new Set(OF_INFORMATION_SCHEMA);
