import type {
  AfterLoad,
  Copy,
  CopyApply,
  FileList,
  FileRef,
  LoadPlan,
  LoadRequested,
  Once,
  Step,
  WarehouseRef,
} from '#contracts';
import { loadIdOf, unreachable } from '#contracts';
import type { Manifest } from './manifest.ts';
import { isManifestKey } from './manifest.ts';
import { inLoadOrder, planBatches } from './plan-batches.ts';
import type { BatchLimits } from './plan-batches.ts';

/** bytes of FileRefs that an event may carry; more travel as an object (design §2) */
export const INLINE_BYTES_MAX = 262_144;

/**
 * One manifest with the files it is to load: those of its directory that `dataFiles` picked, and no others.
 */
export type LoadOrder = {
  readonly manifest: Manifest;
  readonly manifestRef: FileRef;
  readonly files: readonly FileRef[];
  readonly batch: BatchLimits;
  /** epoch ms */
  readonly requestedAt: number;
  readonly source?: LoadRequested['source']['kind'];
  readonly retry?: boolean;
  readonly force?: boolean;
};

/** The data files of a manifest. A manifest is never data, whatever a pattern matches. */
export function dataFiles(manifest: Manifest, files: readonly FileRef[]): FileRef[] {
  return files.filter((file) => !isManifestKey(file.key) && manifest.dataPattern.matches(file.key));
}

/**
 * `whole`: all files of the directory are one plan, announced when the directory is settled. That is what
 * deletes rows first, and what deletes its manifest afterwards. Everything else may be cut into batches.
 */
export function onceOf(manifest: Manifest): Extract<Once['kind'], 'Whole' | 'EachFile'> {
  return manifest.strategy === 'replace' || !manifest.keepManifest ? 'Whole' : 'EachFile';
}

/**
 * What to announce; nothing without files. Where a plan's refs exceed INLINE_BYTES_MAX, see `withFileList`.
 */
export function planLoads(order: LoadOrder): LoadRequested[] {
  const files = inLoadOrder(order.files);
  if (files.length === 0) return [];
  const batches = onceOf(order.manifest) === 'Whole' ? [files] : planBatches(files, order.batch);
  return batches.map((batch) => requestFor(order, batch));
}

function requestFor(order: LoadOrder, refs: readonly FileRef[]): LoadRequested {
  const { manifest, manifestRef } = order;
  const plan: LoadPlan = {
    warehouse: warehouseRef(manifest, manifestRef),
    once: { kind: onceOf(manifest) },
    tables: [{ target: manifest.target, steps: stepsOf(manifest, refs) }],
    statementTimeoutMs: manifest.statementTimeoutMs,
  };
  return {
    type: 'load-requested',
    loadId: loadIdOf(plan),
    requestedAt: order.requestedAt,
    source: { kind: order.source ?? 'watcher', name: `s3://${manifestRef.bucket}/${manifestRef.key}` },
    plan,
    afterLoad: afterLoadOf(manifest, manifestRef),
    retry: order.retry ?? false,
    force: order.force ?? false,
  };
}

/**
 * An inline url stays in its manifest; the plan only says which one (design §2: credentials never travel).
 */
function warehouseRef(manifest: Manifest, { bucket, key, etag }: FileRef): WarehouseRef {
  const { warehouse } = manifest;
  switch (warehouse.kind) {
    case 'Named':
      return { kind: 'Named', name: warehouse.name };
    case 'Inline':
      return { kind: 'FromManifest', bucket, key, etag };
    default:
      return unreachable(warehouse);
  }
}

function stepsOf(manifest: Manifest, refs: readonly FileRef[]): Step[] {
  const { columns, keys, options, stagingSelect } = manifest;
  const copy: Copy = {
    kind: 'Copy',
    files: { kind: 'Inline', refs },
    columns,
    options,
    apply: applyOf(manifest),
    keys,
    ...(stagingSelect !== undefined && { stagingSelect }),
  };
  return manifest.strategy === 'replace' ? [{ kind: 'DeleteRows', rows: { kind: 'All' } }, copy] : [copy];
}

/**
 * Blueshift's append inserts rows whose key is absent (reference/blueshift.md, Flow); without a key there
 * is nothing to compare, so all rows are appended. A replace with a key still leaves one row per key.
 */
function applyOf({ strategy, keys }: Manifest): CopyApply {
  switch (strategy) {
    case 'merge':
      return 'merge';
    case 'append':
      return keys.length > 0 ? 'insertAbsent' : 'append';
    case 'replace':
      return keys.length > 0 ? 'merge' : 'append';
    default:
      return unreachable(strategy);
  }
}

function afterLoadOf(manifest: Manifest, ref: FileRef): AfterLoad {
  return {
    data: manifest.keepData ? 'keep' : 'remove',
    manifest: { ref, action: manifest.keepManifest ? 'keep' : 'remove' },
  };
}

/** Bytes that these refs take inside an event; never less than the event's encoding needs. */
export function inlineBytes(refs: readonly FileRef[]): number {
  return refs.reduce((sum, ref) => sum + Buffer.byteLength(JSON.stringify(ref)), 0);
}

/** The refs of a request that is too big for an event, so that the caller writes them to an object. */
export function refsTooBig(request: LoadRequested): readonly FileRef[] | undefined {
  const refs = request.plan.tables.flatMap((table) => table.steps.flatMap(inlineRefsOf));
  return inlineBytes(refs) > INLINE_BYTES_MAX ? refs : undefined;
}

function inlineRefsOf(step: Step): readonly FileRef[] {
  return step.kind === 'Copy' && step.files.kind === 'Inline' ? step.files.refs : [];
}

/** The same request with its files named by the list object; its load id follows. */
export function withFileList(request: LoadRequested, list: FileList): LoadRequested {
  const tables = request.plan.tables.map((table) => ({
    ...table,
    steps: table.steps.map((step) =>
      step.kind === 'Copy' ? { ...step, files: { kind: 'Listed' as const, list } } : step,
    ),
  }));
  const plan = { ...request.plan, tables };
  return { ...request, plan, loadId: loadIdOf(plan) };
}
