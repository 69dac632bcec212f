import { unreachable } from '#contracts';
import { LOOK_AGAIN_AFTER_MS } from './postgres/look-again.ts';
import { openPostgres } from './postgres/open.ts';
import { openRedshift } from './redshift/open.ts';
import type { WarehouseDeps, WarehouseOptions } from './warehouse-options.ts';
import type { Warehouse } from './warehouse.ts';

const DEFAULTS = {
  ledgerSchema: 'dopplershift',
  copySemantics: 'redshift',
  poolMax: 4,
  lockTimeoutMs: 2_000,
  takeoverGraceMs: 60_000,
  workMemMb: 128,
  sortKeyIndex: false,
  connectTimeoutMs: 10_000,
  showRejectedValues: false,
  lookAgainAfterMs: LOOK_AGAIN_AFTER_MS,
} as const;

/**
 * Opens a warehouse; connections are made when they are needed.
 * @throws RangeError for a url that is none (never showing it)
 */
export function openWarehouse(options: WarehouseOptions, deps: WarehouseDeps): Warehouse {
  switch (options.dialect) {
    case 'postgres':
      return openPostgres({ ...DEFAULTS, ...options }, deps);
    case 'redshift':
      return openRedshift({ ...DEFAULTS, ...options }, deps);
    default:
      return unreachable(options.dialect);
  }
}
