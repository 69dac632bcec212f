import type { Vector } from '../vector.ts';
import { CONVERSION } from './conversion.ts';
import { IDENTITY } from './identity.ts';
import { JSON_VECTORS } from './json.ts';
import { LAYOUT } from './layout.ts';
import { LOADING } from './loading.ts';

/** All 42, by number. */
export const VECTORS: readonly Vector[] = [
  ...LAYOUT,
  ...CONVERSION,
  ...JSON_VECTORS,
  ...LOADING,
  ...IDENTITY,
].toSorted((one, other) => one.number - other.number);
