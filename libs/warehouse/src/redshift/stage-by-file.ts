import { Failure } from '#contracts';
import type { Session } from '../sessions.ts';
import { copyFiles } from './copy-files.ts';
import type { CopyWork } from './copy-refused.ts';
import type { PlanRun } from './plan-run.ts';
import { countRows, FILE, STAGE } from './staging.ts';

/**
 * Stages the files once more, one after the other, so that each row says the file it came from: COPY itself
 * gives neither file nor line, and of two rows with one key the one of the later file has to win (design §2,
 * order of lastModified and key). Only batches in which keys come twice pay for it.
 */
export async function stageByFile(session: Session, run: PlanRun, work: CopyWork): Promise<void> {
  await session.change(`delete from ${STAGE}`);
  await session.script(`alter table ${STAGE} add column ${FILE} integer`);
  let rows = 0;
  for (const [at, source] of work.sources.entries()) {
    run.context.signal.throwIfAborted();
    rows += (await copyFiles(session, run, { ...work, sources: [source] })).rows;
    await session.change(`update ${STAGE} set ${FILE} = ${at + 1} where ${FILE} is null`);
  }
  const staged = await countRows(session, STAGE);
  if (staged !== rows) throw new Failure('internal', `COPY counted ${rows} rows, and ${staged} are staged`);
}
