import type { FileRef } from '#contracts';

/** When a batch of files is full. A file larger than `bytesMax` is a batch of its own. */
export type BatchLimits = { readonly filesMax: number; readonly bytesMax: number };

/** Cuts files, in their order, into batches that are full by count or by bytes. */
export function planBatches(files: readonly FileRef[], limits: BatchLimits): FileRef[][] {
  const batches: FileRef[][] = [];
  let batch: FileRef[] = [];
  let bytes = 0;
  for (const file of files) {
    const isFull = batch.length >= limits.filesMax || bytes + file.size > limits.bytesMax;
    if (batch.length > 0 && isFull) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

/** Older files first; the later row of a key wins, so the order is part of the meaning. Ties go by key. */
export function inLoadOrder(files: readonly FileRef[]): FileRef[] {
  return files.toSorted((a, b) => a.lastModified - b.lastModified || (a.key < b.key ? -1 : 1));
}
