export * from './warehouse.ts';
export { openWarehouse } from './open-warehouse.ts';
export type { WarehouseDeps, WarehouseOptions } from './warehouse-options.ts';
export type { CopyStore } from './redshift/copy-store.ts';
