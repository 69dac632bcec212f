import { fileIdentity } from '#contracts';
import type { Memory } from '../decide.ts';
import type { FileResult } from '../outcome.ts';
import { rowsPerFile } from '../outcome.ts';
import type { FileKey } from '../plan-files.ts';
import type { Session } from '../sessions.ts';
import { failedBefore, forgetFailures } from './attempts.ts';
import { hasLoad, ledgerTable, loadedOf, writeLedger } from './ledger.ts';
import type { PlanRun } from './plan-run.ts';
import { lastForced, movePosition, readPosition, rememberForced } from './positions.ts';

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
  const [table] = request.plan.tables;
  if (!request.force || !table) return false;
  const { loadId, requestedAt } = request;
  return (await lastForced(session, house.home, { target: table.target, loadId })) >= requestedAt;
}

/** Whether the ledger of any target names this load. Ask behind the fence. */
export async function isLoadKnown(session: Session, run: PlanRun): Promise<boolean> {
  const { request, house } = run;
  if (request.force && !(await wasForced(session, run))) return false;
  for (const { target } of request.plan.tables)
    if (await hasLoad(session, ledgerTable(house.home, target), request.loadId)) return true;
  return false;
}

/** Writes what this run has loaded, in the transaction of its rows. */
export async function writeMemory(
  session: Session,
  run: PlanRun,
  { memory, results }: { readonly memory: Memory; readonly results: readonly FileResult[] },
): Promise<void> {
  const { request, house, runId } = run;
  const loaded = rowsPerFile(results.filter((result) => result.status === 'loaded'));
  for (const [tableIndex, { target }] of request.plan.tables.entries()) {
    const mine = loaded.filter(({ file }) => file.tableIndex === tableIndex);
    const rows = mine.map(({ file, rows: count, isCounted }) => ({
      ref: file.ref,
      rows: isCounted === false ? null : count,
    }));
    const replaced = mine.filter(({ file }) => memory.loaded.has(file.key)).map(({ file }) => file.ref);
    const how = { loadId: request.loadId, runId, replaced };
    await writeLedger(session, ledgerTable(house.home, target), rows, how);
    const failed = mine.map(({ file }) => file).filter((file) => memory.failed.has(file.key));
    if (failed.length > 0) await forgetFailures(session, house.home, target, { request, files: failed });
  }
  await writePositions(session, run, memory);
}

async function writePositions(session: Session, { request, house }: PlanRun, memory: Memory): Promise<void> {
  const { loadId, requestedAt } = request;
  const [table] = request.plan.tables;
  if (request.force && !memory.forcedBefore && table)
    await rememberForced(session, house.home, { target: table.target, loadId, requestedAt });
  const { once } = request.plan;
  if (once.kind === 'Sequence')
    await movePosition(session, house.home, { stream: once.stream, to: once.upTo, loadId });
}
