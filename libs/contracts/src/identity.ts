import { createHash } from 'node:crypto';
import { parseETag } from './brands.ts';
import type { FileIdentity, LoadId } from './brands.ts';
import type { FileRef, Files, LoadPlan, Step } from './plan.ts';

/** The identity of design §2: bucket, key, etag, lastModified floored to seconds. */
export function fileIdentity(file: FileRef): FileIdentity {
  return [file.bucket, file.key, file.etag, Math.floor(file.lastModified / 1000)].join('\n') as FileIdentity;
}

/** The file of an identity; `undefined` for what `fileIdentity` did not make. A key may hold line ends. */
export function fileOfIdentity(identity: string): Omit<FileRef, 'size'> | undefined {
  const [, bucket, key, etag, seconds] = /^([^\n]*)\n([^]*)\n([^\n]*)\n(\d{1,12})$/.exec(identity) ?? [];
  if (bucket === undefined || key === undefined || etag === undefined) return undefined;
  return { bucket, key, etag: parseETag(etag), lastModified: Number(seconds) * 1000 };
}

/**
 * The same announcement twice has the same id: a hash of warehouse, once, tables, file identities and steps.
 */
export function loadIdOf(plan: LoadPlan): LoadId {
  return digest([
    plan.warehouse,
    plan.once,
    plan.tables.map((table) => ({ ...table, steps: table.steps.map(bare) })),
  ]);
}

/** What is done with a file, without saying which files: the other half of the key of a failure's memory. */
export function planHash(plan: LoadPlan): string {
  const steps = plan.tables.map((table) => ({
    ...table,
    steps: table.steps.map((step) => (step.kind === 'Copy' ? { ...step, files: null } : step)),
  }));
  return digest([plan.warehouse, plan.once, steps, plan.statementTimeoutMs]);
}

function bare(step: Step): unknown {
  return step.kind === 'Copy' ? { ...step, files: bareFiles(step.files) } : step;
}

function bareFiles(files: Files): unknown {
  return files.kind === 'Inline' ? files.refs.map(fileIdentity) : files.list;
}

function digest(value: unknown): LoadId {
  return createHash('sha256').update(stable(value)).digest('hex').slice(0, 32) as LoadId;
}

/** JSON with sorted keys, so that two producers that build the same plan differently agree on its id. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
