import type { Copy, Target } from '#contracts';
import { ident, qualified } from '../quote.ts';

/** Unique within the session; its name shows up in the system tables beside the load id. */
export const STAGE = ident('dopplershift_stage');
/** What a select of the manifest makes of the staged rows. */
export const SELECTED = ident('dopplershift_selected');

/**
 * `like` takes over distribution and sort keys, which `create table as` does not
 * (reference/redshift-copy.md §6).
 */
export function createStage(target: Target): string {
  return `create temp table ${STAGE} (like ${qualified(target)} including defaults)`;
}

export function dropStage({ stagingSelect }: Pick<Copy, 'stagingSelect'>): string[] {
  const custom = stagingSelect !== undefined && stagingSelect !== 'distinct';
  return (custom ? [SELECTED, STAGE] : [STAGE]).map((table) => `drop table ${table}`);
}
