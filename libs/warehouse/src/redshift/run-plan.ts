import { randomUUID } from 'node:crypto';
import type { LoadRequested } from '#contracts';
import { checkPlan } from '../check-plan.ts';
import { leftOutAs, maySetAside } from '../left-out.ts';
import type { FileResult } from '../outcome.ts';
import { filesOfPlan } from '../plan-files.ts';
import type { PlannedFile } from '../plan-files.ts';
import { planRun } from '../plan-run.ts';
import { planWithoutList } from '../plan-without-list.ts';
import type { Session } from '../sessions.ts';
import type { PlanOutcome, RunContext } from '../warehouse.ts';
import { askTheLedgers } from './ask-the-ledgers.ts';
import { classify } from './classify.ts';
import { readDistKey, showsKeys } from './introspect.ts';
import { touchLatencies } from './latencies.ts';
import { leaseOf } from './plan-run.ts';
import type { House, PlanRun } from './plan-run.ts';
import { runOnce } from './run-once.ts';
import type { Known, Tried } from './run-once.ts';
import { widenColumn } from './table-steps.ts';

/** How often a plan runs again at once because its commit was lost with the connection. */
const LOST_COMMITS_MAX = 2;
/** How often a plan runs again without files that were refused; each time at least one more is left out. */
const TRIES_MAX = 12;
/** Files that are tried one by one when the server refuses some of them and does not say which. */
const PROBES_MAX = 100;

/**
 * Runs the plan in one transaction: what cannot be part of one comes before (widening) and after it
 * (latencies), and may be done again. Files of an EachFile plan that are refused are left out of the next
 * try.
 * @throws Failure
 */
export async function runPlan(
  request: LoadRequested,
  context: RunContext,
  house: House,
): Promise<PlanOutcome> {
  checkPlan(request.plan);
  const parts = { request, context, house };
  let files: readonly PlannedFile[];
  try {
    files = await filesOfPlan(request.plan, house.deps.readFileList);
  } catch (thrown) {
    return await planWithoutList(
      planRun({ ...parts, files: [], runId: randomUUID() }),
      thrown,
      askTheLedgers,
    );
  }
  const again = (): PlanRun => planRun({ ...parts, files, runId: randomUUID() });
  const outcome = await tryUntilKnown(again, await prepare(again()));
  await finish(again());
  return outcome;
}

async function tryUntilKnown(again: () => PlanRun, known: Known): Promise<PlanOutcome> {
  let aside: readonly FileResult[] = [];
  let lost = 0;
  for (let turn = 1; ; turn += 1) {
    const run = again();
    const tried = await runOnce(run, { aside, known });
    switch (tried.kind) {
      case 'known':
        return tried.outcome;
      case 'rolled-back':
        lost += 1;
        if (lost >= LOST_COMMITS_MAX) throw tried.failure;
        break;
      case 'refused': {
        if (turn >= TRIES_MAX) throw tried.failure;
        const guilty = await guiltyOf(again, tried, { aside, known });
        if (guilty.length === 0) throw tried.failure;
        aside = [...aside, ...guilty];
        break;
      }
      case 'failed':
        throw tried.failure;
      case 'passed':
        throw new RangeError('a try that was no probe was taken for one');
    }
  }
}

type Before = { readonly aside: readonly FileResult[]; readonly known: Known };

/** The files without which the others may load; none when it is not a matter of files. */
async function guiltyOf(
  again: () => PlanRun,
  { failure, blamed, running }: Extract<Tried, { kind: 'refused' }>,
  before: Before,
): Promise<readonly FileResult[]> {
  if (blamed.length > 0) return blamed;
  const { once } = again().request.plan;
  const mayBeOne = failure.code !== 'schema-mismatch' && maySetAside(once, failure);
  if (!mayBeOne || running.length > PROBES_MAX) return [];
  const [only] = running;
  if (only && running.length === 1) return [{ file: only, status: 'set-aside', rows: 0, failure }];
  const found: FileResult[] = [];
  for (const file of running) found.push(...(await probe(again(), file, before)));
  return found;
}

/** Loads the file alone and rolls it back. */
async function probe(run: PlanRun, file: PlannedFile, before: Before): Promise<FileResult[]> {
  const tried = await runOnce(run, { ...before, probe: file.key });
  if (tried.kind !== 'refused' && tried.kind !== 'failed') return [];
  const status = leftOutAs(run.request.plan.once, tried.failure);
  if (!status) throw tried.failure;
  return [{ file, status, rows: 0, failure: tried.failure }];
}

/** What has to be done, or asked, outside of the transaction: Redshift changes no type inside of one. */
async function prepare(run: PlanRun): Promise<Known> {
  const { tables } = run.request.plan;
  const { joinOnDistKey } = run.house.options;
  const steps = tables.flatMap((one) => one.steps);
  const asks = joinOnDistKey || steps.some((step) => step.kind === 'EnsureTable' && step.check);
  if (!asks && !steps.some((step) => step.kind === 'WidenColumn')) return { distKeys: [], showsKeys: false };
  return await beside(run, 'preparing the tables', async (session) => {
    for (const one of tables)
      for (const step of one.steps)
        if (step.kind === 'WidenColumn') await widenColumn(session, one.target, step);
    const shows = asks && (await showsKeys(session));
    const distKeys: (string | undefined)[] = [];
    if (joinOnDistKey && shows)
      for (const { target } of tables) distKeys.push(await readDistKey(session, target));
    return { distKeys, showsKeys: shows };
  });
}

async function finish(run: PlanRun): Promise<void> {
  const { tables } = run.request.plan;
  if (!tables.some(({ steps }) => steps.some((step) => step.kind === 'TouchLatency'))) return;
  await beside(run, 'noting when the tables were loaded', (session) => touchLatencies(session, run));
}

async function beside<T>(run: PlanRun, doing: string, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await run.house.sessions.lend(leaseOf(run), async (session) => {
      await session.script(`set statement_timeout to ${run.request.plan.statementTimeoutMs}`);
      return await work(session);
    });
  } catch (thrown) {
    throw classify(thrown, doing);
  }
}
