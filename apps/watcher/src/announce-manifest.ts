import { createHash } from 'node:crypto';
import type { FileRef, LoadRequested } from '#contracts';
import { Failure, fileIdentity, laneKey } from '#contracts';
import { inLoadOrder, onceOf, planBatches, planLoads, refsTooBig, withFileList } from '#sources';
import { fingerprint } from './announced.ts';
import type { Announced, Fingerprint } from './announced.ts';
import type { Directory } from './list-directories.ts';
import { refOf, urlOf } from './manifest-shelf.ts';
import type { Valid } from './manifest-shelf.ts';
import type { SweepDeps, SweepResult } from './sweep.ts';

/** What is to be published now, and when to look again for what is not. */
type Due = { readonly files: readonly FileRef[]; readonly againInMs?: number };

/**
 * Announces the files of one valid manifest that are due.
 * @throws Failure of the publisher or of the store that keeps file lists
 */
export async function announceManifest(
  valid: Valid,
  directory: Directory,
  deps: SweepDeps,
  signal: AbortSignal,
): Promise<SweepResult> {
  const isWhole = onceOf(valid.manifest) === 'Whole';
  if (directory.leftOut > 0 && (isWhole || valid.manifest.keepData)) throw tooManyFiles(directory);
  const print = isWhole ? wholePrint(valid, directory) : undefined;
  const due = print ? dueWhole(print, valid, directory, deps) : dueFiles(valid, directory, deps);
  const { batches, files } = await publishAll(requestsFor(valid, due, deps), { valid, deps, signal }, print);
  const again = due.againInMs === undefined ? {} : { againInMs: due.againInMs };
  return { announcements: batches, files, refusals: 0, ...again };
}

function tooManyFiles({ directory, leftOut }: Directory): Failure {
  const message = `directory ${directory} holds ${leftOut} objects more than are looked at`;
  const remedy = 'Spread the files over several directories, each with a manifest.';
  return new Failure('manifest-invalid', message, { remedy });
}

/** Files that were not announced lately, in full batches; the rest when it has waited long enough. */
function dueFiles(valid: Valid, directory: Directory, deps: SweepDeps): Due {
  const { announced, waiting } = deps.memory;
  const fresh: FileRef[] = [];
  for (const file of directory.files) {
    if (announced.has(filePrint(valid, file)) || !matches(valid, file.key)) continue;
    fresh.push(refOf(file));
  }
  const id = waitId(valid);
  const batches = planBatches(inLoadOrder(fresh), deps.limits);
  const rest = batches.at(-1) ?? [];
  if (rest.length === 0 || isFull(rest, deps.limits)) {
    waiting.done(id);
    return { files: batches.flat() };
  }
  const wait = waiting.age(id, performance.now(), deps.limits.batchAgeMs);
  if (wait.kind === 'wait') return { files: batches.slice(0, -1).flat(), againInMs: wait.ms };
  waiting.done(id);
  return { files: batches.flat() };
}

function isFull(batch: readonly FileRef[], { filesMax, bytesMax }: SweepDeps['limits']): boolean {
  return batch.length >= filesMax || batch.reduce((sum, file) => sum + file.size, 0) >= bytesMax;
}

/** All files or none: when the set was not announced lately and has settled. */
function dueWhole(print: WholePrint, valid: Valid, directory: Directory, deps: SweepDeps): Due {
  const { announced, waiting } = deps.memory;
  const id = waitId(valid);
  if (print.count === 0 || announced.has(print.mark)) {
    waiting.done(id);
    return { files: [] };
  }
  const seen = { print: print.text, listedAt: directory.listedAt };
  const wait = waiting.settle(id, seen, deps.limits.settleMs);
  if (wait.kind === 'wait') return { files: [], againInMs: wait.ms };
  return { files: Array.from(directory.files, refOf).filter((file) => matches(valid, file.key)) };
}

/** Makes what the directory holds new to this process: the next sweep announces it once more. */
export function forgetAnnounced(valid: Valid, directory: Directory, announced: Announced): void {
  if (onceOf(valid.manifest) === 'Whole') return announced.forget(wholePrint(valid, directory).mark);
  for (const file of directory.files) if (matches(valid, file.key)) announced.forget(filePrint(valid, file));
}

type WholePrint = { readonly text: string; readonly mark: Fingerprint; readonly count: number };

function wholePrint(valid: Valid, directory: Directory): WholePrint {
  const hash = createHash('sha256').update(versionOf(valid));
  let count = 0;
  for (const file of directory.files) {
    if (!matches(valid, file.key)) continue;
    hash.update(`\n\n${fileIdentity(file)}`);
    count += 1;
  }
  const text = hash.digest('hex');
  return { text, mark: fingerprint(text), count };
}

function requestsFor({ manifest, ref }: Valid, due: Due, { limits }: SweepDeps): LoadRequested[] {
  const order = { manifest, manifestRef: ref, files: due.files, batch: limits };
  return planLoads({ ...order, requestedAt: Date.now() });
}

type Announcing = { readonly valid: Valid; readonly deps: SweepDeps; readonly signal: AbortSignal };

/** One after the other: the order of the batches is the order in which their rows win. */
async function publishAll(
  requests: readonly LoadRequested[],
  { valid, deps, signal }: Announcing,
  whole: WholePrint | undefined,
): Promise<{ readonly batches: number; readonly files: number }> {
  const { announced, waiting } = deps.memory;
  let files = 0;
  for (const [batches, request] of requests.entries()) {
    if (signal.aborted) return { batches, files };
    const refs = inlineRefs(request);
    await publishOne(request, refs, { valid, deps });
    const marks = whole ? [whole.mark] : refs.map((file) => filePrint(valid, file));
    for (const mark of marks) announced.remember(mark);
    if (whole) waiting.done(waitId(valid));
    files += refs.length;
    deps.trip('mid-sweep');
  }
  return { batches: requests.length, files };
}

async function publishOne(
  request: LoadRequested,
  refs: readonly FileRef[],
  { valid, deps }: Pick<Announcing, 'valid' | 'deps'>,
): Promise<void> {
  const tooBig = refsTooBig(request);
  const event = tooBig ? withFileList(request, await deps.writeList(tooBig, request.loadId)) : request;
  const table = laneKey(event.plan.warehouse, valid.manifest.target);
  await deps.publish(event, table);
  deps.log.info({ loadId: event.loadId, table, files: refs.length }, 'load announced');
}

function inlineRefs(request: LoadRequested): readonly FileRef[] {
  return request.plan.tables.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'Copy' && step.files.kind === 'Inline' ? step.files.refs : [])),
  );
}

function matches({ manifest }: Valid, key: string): boolean {
  return manifest.dataPattern.matches(key);
}

function filePrint(valid: Valid, file: FileRef): Fingerprint {
  return fingerprint(`${versionOf(valid)}\n\n${fileIdentity(file)}`);
}

/** Another version of the manifest may ask for something else, so its files are announced anew. */
function versionOf({ ref }: Valid): string {
  return fileIdentity(ref);
}

function waitId({ ref }: Valid): string {
  return `${urlOf(ref)}\n${ref.etag}`;
}
