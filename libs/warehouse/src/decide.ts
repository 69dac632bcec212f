import { Failure, unreachable } from '#contracts';
import type { AfterLoad, FileOutcome, LoadPlan, TablePlan } from '#contracts';
import type { FileKey, PlannedFile } from './plan-files.ts';

/** What the warehouse remembers, read behind the fence. */
export type Memory = {
  readonly loaded: ReadonlySet<FileKey>;
  /** failed before with the same plan; for a Whole plan all of its files or none */
  readonly failed: ReadonlySet<FileKey>;
  /** the recorded position of the plan's stream, when it has one */
  readonly position: string | undefined;
  /** the plan was forced by this very request, or a later one, and that was committed */
  readonly forcedBefore: boolean;
};

export type Ask = {
  readonly retry: boolean;
  readonly force: boolean;
  readonly afterLoad: Pick<AfterLoad, 'data'>;
};

export type Decision = {
  readonly kind: 'run' | 'nothing-to-do';
  /** files that are left out, and why; all others run */
  readonly left: ReadonlyMap<FileKey, FileOutcome['status']>;
};

/**
 * Which files of the plan run (design §2, `once`). An EachFile plan leaves out what is loaded or failed
 * before; a Whole plan runs as soon as one file is missing, with all of its files or, when it replaces the
 * table, without those on their way out; a Sequence runs exactly once, at its place.
 * @throws Failure `internal` when a Sequence does not follow the recorded position
 */
export function decide(plan: LoadPlan, files: readonly PlannedFile[], memory: Memory, asked: Ask): Decision {
  const { once } = plan;
  // A message comes twice after a crash, and again when its topic is rewound: each forces once.
  const ask = { ...asked, force: asked.force && !memory.forcedBefore };
  switch (once.kind) {
    case 'EachFile':
      return eachFile(files, memory, ask);
    case 'Whole':
      return whole(plan, files, { memory, ask });
    case 'Sequence':
      return follows(once, memory.position) ? run() : nothing(files, 'already-loaded');
    default:
      return unreachable(once);
  }
}

function eachFile(files: readonly PlannedFile[], memory: Memory, ask: Ask): Decision {
  const left = new Map<FileKey, FileOutcome['status']>();
  for (const { key } of files) {
    if (memory.loaded.has(key) && !ask.force) left.set(key, 'already-loaded');
    else if (memory.failed.has(key) && !ask.force && !ask.retry) left.set(key, 'failed-before');
  }
  return { kind: files.every(({ key }) => left.has(key)) ? 'nothing-to-do' : 'run', left };
}

type Known = { readonly memory: Memory; readonly ask: Ask };

/** A Whole plan without files (it only deletes) has nothing to remember itself by, and may run again. */
function whole(plan: LoadPlan, files: readonly PlannedFile[], { memory, ask }: Known): Decision {
  if (files.length === 0 || ask.force) return run();
  if (files.every(({ key }) => memory.loaded.has(key))) return nothing(files, 'already-loaded');
  const failed = !ask.retry && files.every(({ key }) => memory.failed.has(key));
  if (failed) return nothing(files, 'failed-before');
  if (ask.afterLoad.data === 'keep') return run();
  return run(onTheirWayOut(plan, files, memory));
}

/**
 * Loaded files of a table that is replaced, where loaded files are removed: the cleaner has not come round to
 * them. Loaded again they would be in the table or not depending on how fast it is (docs/decisions, 9).
 */
function onTheirWayOut(plan: LoadPlan, files: readonly PlannedFile[], memory: Memory): Decision['left'] {
  const leaving = files.filter(
    ({ key, tableIndex }) => memory.loaded.has(key) && isReplaced(plan.tables[tableIndex]),
  );
  return new Map(leaving.map(({ key }) => [key, 'already-loaded']));
}

function isReplaced(table: TablePlan | undefined): boolean {
  return (table?.steps ?? []).some((step) => step.kind === 'DeleteRows' && step.rows.kind === 'All');
}

function run(left: Decision['left'] = new Map()): Decision {
  return { kind: 'run', left };
}

function nothing(files: readonly PlannedFile[], why: FileOutcome['status']): Decision {
  return { kind: 'nothing-to-do', left: new Map(files.map(({ key }) => [key, why])) };
}

/** Where a stream stands before its first plan: nothing recorded, the empty text and `0/0` mean the same. */
const BEGINNING = ['', '0/0', '0'];

function follows(
  once: { stream: string; after: string; upTo: string },
  recorded: string | undefined,
): boolean {
  const at = recorded ?? '';
  if (at === once.after || (BEGINNING.includes(at) && BEGINNING.includes(once.after))) return true;
  if (reached(at, once.upTo)) return false;
  throw new Failure(
    'internal',
    `stream ${once.stream} stands at ${at || 'its beginning'}; this plan continues ${once.after || 'it'}`,
    { remedy: 'Replay the plans between the two positions first; none of them may be left out.' },
  );
}

/** Positions are LSNs (`16/B374D848`) or decimal counters; anything else only compares equal. */
function reached(at: string, upTo: string): boolean {
  if (at === upTo) return true;
  const [have, want] = [positionNumber(at), positionNumber(upTo)];
  return have !== undefined && want !== undefined && have >= want;
}

function positionNumber(text: string): bigint | undefined {
  if (BEGINNING.includes(text)) return 0n;
  const lsn = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (lsn) return (BigInt(`0x${lsn[1]}`) << 32n) + BigInt(`0x${lsn[2]}`);
  return /^[0-9]+$/.test(text) ? BigInt(text) : undefined;
}
