import type { ETag, Log, WarehouseRef } from '#contracts';
import { Failure } from '#contracts';
import type { Warehouse } from '#warehouse';

export type Connection = { readonly url: string; readonly dialect: 'postgres' | 'redshift' };

export type WarehousesDeps = {
  /** as configured, by name */
  readonly named: ReadonlyMap<string, Warehouse>;
  /**
   * opens what the manifest's jdbc-url names. @throws Failure inline-url-refused | manifest-invalid |
   * file-missing
   */
  readonly openInline: (at: { bucket: string; key: string; etag: ETag }) => Promise<Warehouse>;
  readonly log: Log;
};

/** Warehouses of manifests with an inline url that are open at a time; the least recently used is closed. */
const INLINE_MAX = 16;

/** The warehouses of this loader: those of the configuration, and those that manifests carry themselves. */
export class Warehouses {
  readonly #deps: WarehousesDeps;
  readonly #inline = new Map<string, Promise<Warehouse>>();

  constructor(deps: WarehousesDeps) {
    this.#deps = deps;
  }

  /** @throws Failure warehouse-unknown, or why the manifest's url cannot be used */
  async of(ref: WarehouseRef): Promise<Warehouse> {
    if (ref.kind === 'FromManifest') return this.#fromManifest(ref);
    const warehouse = this.#deps.named.get(ref.name);
    if (warehouse) return warehouse;
    const known = [...this.#deps.named.keys()].join(', ') || 'none';
    throw new Failure('warehouse-unknown', `no warehouse is called ${ref.name}; configured: ${known}`);
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled(this.#inline.values());
    const inline = open.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    await Promise.all([...this.#deps.named.values(), ...inline].map((warehouse) => warehouse.close()));
  }

  /**
   * One version of a manifest names one warehouse, so its etag is part of the name under which it is kept.
   */
  #fromManifest(at: { bucket: string; key: string; etag: ETag }): Promise<Warehouse> {
    const name = `${at.bucket}/${at.key}/${at.etag}`;
    const opening = this.#inline.get(name) ?? this.#deps.openInline(at);
    this.#inline.delete(name);
    this.#inline.set(name, opening);
    opening.catch(() => this.#inline.delete(name));
    this.#closeOldest();
    return opening;
  }

  #closeOldest(): void {
    const [oldest] = this.#inline.keys();
    if (this.#inline.size <= INLINE_MAX || oldest === undefined) return;
    const closing = this.#inline.get(oldest);
    this.#inline.delete(oldest);
    closing
      ?.then((warehouse) => warehouse.close())
      .catch((thrown: unknown) => this.#deps.log.warn({ err: thrown }, 'an unused warehouse did not close'));
  }
}
