import type { Target, WarehouseName } from '#contracts';
import type { DataPattern } from './data-pattern.ts';
import type { WarehouseConnection } from './jdbc-url.ts';

/** A manifest object as it was understood (reference/blueshift.md, Manifest). */
export type Manifest = {
  readonly target: Target;
  readonly warehouse: ManifestWarehouse;
  /** all columns of the file, in file order; folded to lower case unless quoted */
  readonly columns: readonly string[];
  /** `:pk-columns`; empty when there are none */
  readonly keys: readonly string[];
  /** COPY options as one text, without credentials */
  readonly options: string;
  readonly dataPattern: DataPattern;
  readonly strategy: 'merge' | 'replace' | 'append';
  /** `distinct`, or a select over `{{table}}` */
  readonly stagingSelect?: string;
  readonly statementTimeoutMs: number;
  readonly keepData: boolean;
  readonly keepManifest: boolean;
};

export type ManifestWarehouse =
  | { readonly kind: 'Named'; readonly name: WarehouseName }
  /** from an inline `:jdbc-url`; it never leaves the process that read the manifest */
  | { readonly kind: 'Inline'; readonly connection: WarehouseConnection };

const MANIFEST_NAME = /manifest\.(edn|json|yaml|yml)$/;

/** Whether an object is a manifest, by the ending of its key. */
export function isManifestKey(key: string): boolean {
  return MANIFEST_NAME.test(key);
}
