import type { LaneKey, Target, WarehouseName } from '#contracts';
import { isInlineLane, laneKey, parseTarget, parseWarehouseName } from '#contracts';
import { UsageError } from './usage-error.ts';

/** Default schema of each configured warehouse. */
export type Schemas = Readonly<Record<string, { readonly schema: string }>>;

export type NamedTable = {
  readonly warehouse: WarehouseName;
  readonly target: Target;
  readonly key: LaneKey;
};

/**
 * The tables that `--table` may mean: `orders`, `sales.orders` in every configured warehouse, or
 * `main/sales.orders` in one of them.
 * @throws UsageError for what is no table name
 */
export function namedTables(text: string, warehouses: Schemas): NamedTable[] {
  const slash = text.indexOf('/');
  const given = slash > 0 && text.slice(0, slash) in warehouses ? text.slice(0, slash) : undefined;
  const name = given === undefined ? text : text.slice(slash + 1);
  return Object.entries(warehouses)
    .filter(([warehouse]) => given === undefined || given === warehouse)
    .map(([warehouse, { schema }]) => namedTable(parseWarehouseName(warehouse), name, schema));
}

function namedTable(warehouse: WarehouseName, name: string, schema: string): NamedTable {
  try {
    const target = parseTarget(name, { schema });
    return { warehouse, target, key: laneKey({ kind: 'Named', name: warehouse }, target) };
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/**
 * The Kafka keys that `--table` selects. Tables of an inline jdbc-url have keys of their own, which
 * `status` shows: such a key is taken as it is.
 */
export function tableKeys(text: string, warehouses: Schemas): ReadonlySet<string> {
  if (isInlineLane(text)) return new Set([text]);
  return new Set(namedTables(text, warehouses).map(({ key }) => key));
}

/** @throws UsageError when the table may be in several warehouses */
export function oneTable(text: string, warehouses: Schemas): NamedTable {
  const [table, another] = namedTables(text, warehouses);
  if (!table) throw new UsageError('no warehouse is configured');
  if (another)
    throw new UsageError(`${text} may be in ${table.warehouse} or ${another.warehouse}; write ${table.key}`);
  return table;
}
