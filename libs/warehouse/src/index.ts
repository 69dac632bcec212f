export * from './warehouse.ts';
export { openWarehouse } from './open-warehouse.ts';
export type { WarehouseDeps, WarehouseOptions } from './open-warehouse.ts';
export { parseConnectionUrl } from './connection-url.ts';
