import { FUNCTIONS_SQL } from './functions-sql.ts';
import { LOAD_VIEWS_SQL } from './load-views-sql.ts';
import { STORES_SQL } from './stores-sql.ts';
import { TABLES_SQL } from './tables-sql.ts';

/** Everything that a database needs before the first client comes, in order; run again it changes nothing. */
export const CATALOG_SQL: readonly string[] = [STORES_SQL, FUNCTIONS_SQL, TABLES_SQL, LOAD_VIEWS_SQL];

/** Relations of Redshift's catalog that are found in our schema, whatever the search path is. */
export const OWN_RELATIONS: ReadonlySet<string> = new Set([
  'stl_load_errors',
  'stl_loaderror_detail',
  'sys_load_error_detail',
  'stl_load_commits',
  'sys_load_detail',
  'stl_replacements',
  'stl_unload_log',
]);
