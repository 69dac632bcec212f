import { fileIdentity } from '#contracts';
import type { LoadRequested } from '#contracts';
import type { Memory } from '../decide.ts';
import { rowsPerFile } from '../outcome.ts';
import type { FileResult } from '../outcome.ts';
import type { FileKey } from '../plan-files.ts';
import { failedBefore, forgetFailures } from './attempts.ts';
import { hasLoad, ledgerTable, loadedOf, writeLedger } from './ledger.ts';
import type { PlanRun } from './plan-run.ts';
import { movePosition, readPosition } from './positions.ts';
import type { Session } from '../sessions.ts';

/** Everything the warehouse remembers about the plan, read behind the fence. */
export async function readMemory(session: Session, run: PlanRun): Promise<Memory> {
  const { request, house, files } = run;
  const loaded = new Set<FileKey>();
  for (const [tableIndex, { target }] of request.plan.tables.entries()) {
    const mine = files.filter((file) => file.tableIndex === tableIndex);
    const refs = mine.map((file) => file.ref);
    const known = await loadedOf(session, ledgerTable(house.home, target), refs);
    for (const file of mine) if (known.has(fileIdentity(file.ref))) loaded.add(file.key);
  }
  const { once } = request.plan;
  const position =
    once.kind === 'Sequence' ? await readPosition(session, house.home, once.stream) : undefined;
  const failed = await failedBefore(session, house.home, request, files);
  return { loaded, failed, position, forcedBefore: await wasForced(session, run) };
}

/** Whether this forced request, or a later one for the same load, was committed. */
async function wasForced(session: Session, { request, house }: PlanRun): Promise<boolean> {
  if (!request.force) return false;
  const forced = await readPosition(session, house.home, forcedStream(request));
  return Number(forced ?? -1) >= request.requestedAt;
}

/** Whether the ledger of any target names this load. Ask behind the fence. */
export async function isLoadKnown(session: Session, run: PlanRun): Promise<boolean> {
  const { request, house } = run;
  if (request.force && !(await wasForced(session, run))) return false;
  for (const { target } of request.plan.tables)
    if (await hasLoad(session, ledgerTable(house.home, target), request.loadId)) return true;
  return false;
}

/** Where the forced replays of a load stand: the time of the latest one that was committed. */
function forcedStream({ loadId }: LoadRequested): string {
  return `forced:${loadId}`;
}

/** Writes what this run has loaded, in the transaction of its rows. */
export async function writeMemory(
  session: Session,
  run: PlanRun,
  { memory, results }: { readonly memory: Memory; readonly results: readonly FileResult[] },
): Promise<void> {
  const { request, house, runId } = run;
  const loaded = results.filter((result) => result.status === 'loaded');
  for (const [tableIndex, { target }] of request.plan.tables.entries()) {
    const mine = loaded.filter(({ file }) => file.tableIndex === tableIndex);
    const rows = rowsPerFile(mine).map(({ file, rows: count }) => ({ ref: file.ref, rows: count }));
    const ids = { loadId: request.loadId, runId };
    await writeLedger(session, ledgerTable(house.home, target), rows, ids);
    const failed = mine.map(({ file }) => file).filter((file) => memory.failed.has(file.key));
    if (failed.length > 0) await forgetFailures(session, house.home, target, { request, files: failed });
  }
  const { once } = request.plan;
  if (request.force && !memory.forcedBefore) {
    const move = { stream: forcedStream(request), to: String(request.requestedAt) };
    await movePosition(session, house.home, { ...move, loadId: request.loadId });
  }
  if (once.kind === 'Sequence')
    await movePosition(session, house.home, { stream: once.stream, to: once.upTo, loadId: request.loadId });
}
