import type { LoadRequested, LoadStage } from '#contracts';
import type { PlannedFile } from './plan-files.ts';
import type { RunContext } from './warehouse.ts';

/** One run of one plan in a warehouse, whose dialect says what its house is. */
export type PlanRun<House> = {
  readonly request: LoadRequested;
  readonly context: RunContext;
  readonly house: House;
  readonly files: readonly PlannedFile[];
  /** told to the ledger, so that this very run is known again when its commit is not answered */
  readonly runId: string;
  readonly progress: (stage: LoadStage, now?: { readonly rows: number }) => void;
  readonly fileDone: (rows: number) => void;
};

type Parts<House> = Pick<PlanRun<House>, 'request' | 'context' | 'house' | 'files' | 'runId'>;

export function planRun<House>(parts: Parts<House>): PlanRun<House> {
  const filesTotal = parts.files.length;
  const done = { filesDone: 0, rows: 0 };
  const report = (stage: LoadStage): void => parts.context.onProgress(stage, { ...done, filesTotal });
  return {
    ...parts,
    progress: (stage, now) => {
      if (now) done.rows = now.rows;
      report(stage);
    },
    fileDone: (rows) => {
      done.filesDone = Math.min(done.filesDone + 1, filesTotal);
      done.rows += rows;
      report('copy');
    },
  };
}
