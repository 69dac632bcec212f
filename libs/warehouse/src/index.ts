export * from './warehouse.ts';
export { openWarehouse } from './open-warehouse.ts';
export type { WarehouseDeps, WarehouseOptions } from './open-warehouse.ts';
export { parseConnectionUrl } from './connection-url.ts';
export { renderPlan } from './redshift/run-plan.ts';
export type { RenderSettings } from './redshift/run-plan.ts';
