import { isConnectionLost } from '../classify.ts';
import type { Session } from '../sessions.ts';
import { copyFrom } from './copy-files.ts';
import { manifestBody, withManifest } from './copy-manifest.ts';
import type { CopyWork } from './copy-refused.ts';
import { copySql, isColumnar } from './copy-sql.ts';
import { readLoadErrors } from './load-errors.ts';
import type { LoadError } from './load-errors.ts';
import type { PlanRun } from './plan-run.ts';

/** the most that COPY takes (reference/redshift-copy.md §3) */
const MAXERROR_MAX = 100_000;

/**
 * Lets Redshift parse all files without loading any, and names the rows it would refuse: one more COPY
 * instead of one for each bad file. @returns nothing when that does not work either
 */
export async function surveyErrors(
  session: Session,
  run: PlanRun,
  work: CopyWork,
): Promise<readonly LoadError[]> {
  if (isColumnar(work.options)) return [];
  const options = { ...work.options, noLoad: true, maxError: MAXERROR_MAX };
  const into = { ...work.into, table: work.target, isStage: true };
  const startedAt = performance.now();
  try {
    await withManifest(run, manifestBody(work.sources, { columnar: false }), async (manifestUrl) => {
      await session.script(copySql(into, options, copyFrom(run.house, manifestUrl)));
    });
    const urls = work.sources.map((source) => source.url);
    const asked = { urls, pid: session.pid, agoMs: performance.now() - startedAt };
    return (await readLoadErrors(session, asked)) ?? [];
  } catch (thrown) {
    if (isConnectionLost(thrown)) throw thrown;
    run.house.deps.log.debug(
      { err: thrown },
      'the files could not be surveyed; bad ones are found one by one',
    );
    return [];
  }
}
