export * from './warehouse.ts';
export { openWarehouse } from './open-warehouse.ts';
export type { WarehouseDeps, WarehouseOptions } from './open-warehouse.ts';
/** @public what Redshift would run, until the dialect runs it itself */
export { renderPlan } from './redshift/run-plan.ts';
export type { RenderSettings } from './redshift/run-plan.ts';
