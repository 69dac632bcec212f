import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '#contracts';
import { isConnectionLost } from '../classify.ts';
import { leftOutAs, maySetAside } from '../left-out.ts';
import { REJECTED_MAX } from '../outcome.ts';
import type { FileResult } from '../outcome.ts';
import type { Session } from '../sessions.ts';
import { allWords, classify } from './classify.ts';
import type { CopyRefused, CopyWork } from './copy-refused.ts';
import type { CopySource } from './copy-store.ts';
import { lostSince } from './find-files.ts';
import { readLoadErrors } from './load-errors.ts';
import type { LoadError } from './load-errors.ts';
import { mayReject } from './losses.ts';
import type { PlanRun } from './plan-run.ts';
import { surveyErrors } from './survey-errors.ts';

/** The views of load errors may come a moment after the COPY has failed. */
const LOOKS_MAX = 3;
const LOOK_PAUSE_MS = 500;

/** Why something was refused, and the files that are to blame: without them the plan may run again. */
export type Refusal = { readonly failure: Failure; readonly blamed: readonly FileResult[] };

/**
 * Finds out what was wrong with a COPY, outside of its transaction, which is rolled back.
 * @throws Failure when that cannot be asked
 */
export async function explainRefusal(session: Session, run: PlanRun, refused: CopyRefused): Promise<Refusal> {
  const { cause, work } = refused;
  const failure = classify(cause, `copying into ${work.target.replaceAll('"', '')}`);
  if (
    isConnectionLost(cause) ||
    !['copy-rejected', 'file-unreadable', 'internal', 'access-denied'].includes(failure.code)
  )
    return { failure, blamed: [] };
  const words = allWords(cause);
  const errors = await latestErrors(session, refused, words);
  if (errors.length > 0) return blameRows(run, work, await withSurvey(session, run, { work, errors }));
  const named = work.sources.filter(({ url }) => words.includes(url));
  if (speaksOfStore(words))
    return await blameStore(run, { failure, sources: named.length > 0 ? named : work.sources });
  const only = work.sources.length === 1 ? work.sources : named;
  return blame(
    run,
    failure,
    only.map((source) => [source, inFile(failure, source)] as const),
  );
}

async function latestErrors(
  session: Session,
  { work, startedAt }: CopyRefused,
  words: string,
): Promise<readonly LoadError[]> {
  const urls = work.sources.map((source) => source.url);
  const isExpected = /load_error/i.test(words);
  for (let look = 1; ; look += 1) {
    const asked = { urls, pid: session.pid, agoMs: performance.now() - startedAt };
    const errors = await readLoadErrors(session, asked);
    if (errors === undefined || errors.length > 0) return errors ?? [];
    if (!isExpected || look >= LOOKS_MAX) return [];
    await pause(LOOK_PAUSE_MS);
  }
}

type Known = { readonly work: CopyWork; readonly errors: readonly LoadError[] };

/** COPY stops at the first error; where files may be left out, all of theirs are wanted at once. */
async function withSurvey(session: Session, run: PlanRun, known: Known): Promise<readonly LoadError[]> {
  const { work, errors } = known;
  const others =
    new Set(work.sources.map(({ url }) => url)).size > new Set(errors.map(({ file }) => file)).size;
  if (!others || run.request.plan.once.kind !== 'EachFile' || mayReject(work.options)) return errors;
  const found = await surveyErrors(session, run, work);
  const seen = new Set(errors.map(({ file }) => file));
  return [...errors, ...found.filter(({ file }) => !seen.has(file))];
}

function blameRows(run: PlanRun, { sources, options }: CopyWork, errors: readonly LoadError[]): Refusal {
  const byFile = new Map<string, LoadError[]>();
  for (const error of errors) byFile.set(error.file, [...(byFile.get(error.file) ?? []), error]);
  const files = sources.flatMap((source) => {
    const rows = byFile.get(source.url);
    return rows ? [{ source, rows, failure: rowsFailure(rows) }] : [];
  });
  const [first] = files;
  const failure = first?.failure ?? rowsFailure(errors);
  // Under MAXERROR only the sum was too much: without the worst file the others may be within it.
  const worst = Math.max(...files.map(({ rows }) => rows.length));
  const guilty = mayReject(options) ? files.filter(({ rows }) => rows.length === worst).slice(0, 1) : files;
  return blame(
    run,
    failure,
    guilty.map((file) => [file.source, file.failure] as const),
  );
}

function rowsFailure(rows: readonly LoadError[]): Failure {
  const rejected = rows.slice(0, REJECTED_MAX).map(({ query: _query, ...row }) => row);
  const [first] = rejected;
  if (!first) return new Failure('copy-rejected', 'rows were refused');
  const column = first.column === undefined ? '' : ` column ${first.column}`;
  const message = `copying ${first.file} line ${first.line}${column}: ${first.reason}`;
  return new Failure('copy-rejected', message, { rejected });
}

/** 8001, and words of S3: a missing object and a missing permission look alike (lessons.md, 24). */
function speaksOfStore(words: string): boolean {
  return STORE_WORDS.some((said) => said.test(words));
}

const STORE_WORDS = [
  /s3serviceexception|s3 ?curl|access ?denied|full path of an s3 object/i,
  /mandatory url|no ?such ?key|the specified (key|bucket)|status 40[34]/i,
  /file.* not found|is gone|there is no object/i,
] as const;

async function blameStore(
  run: PlanRun,
  { failure, sources }: { readonly failure: Failure; readonly sources: readonly CopySource[] },
): Promise<Refusal> {
  const lost: [CopySource, Failure][] = [];
  for (const source of sources) {
    const why = await lostSince(run, source.file);
    if (why) lost.push([source, why]);
  }
  const [first] = lost;
  if (first) return blame(run, first[1], lost);
  if (failure.code === 'file-unreadable')
    return blame(run, failure, sources.length === 1 ? withFailure(sources, failure) : []);
  return { failure: denied(failure, sources), blamed: [] };
}

function withFailure(sources: readonly CopySource[], failure: Failure): [CopySource, Failure][] {
  return sources.map((source) => [source, inFile(failure, source)]);
}

/** We can read the objects, Redshift cannot. */
function denied(failure: Failure, [first]: readonly CopySource[]): Failure {
  const message = `${failure.message}; ${first?.url ?? 'the files'} can be read by this service`;
  return new Failure('access-denied', message, {
    remedy:
      'Grant the role or keys that COPY uses s3:GetObject and s3:ListBucket on the bucket, and kms:Decrypt ' +
      'if it is encrypted with a key of KMS, then: dopplershift retry.',
  });
}

function inFile(failure: Failure, { url }: CopySource): Failure {
  if (failure.message.includes(url)) return failure;
  return new Failure(failure.code, `${url}: ${failure.message}`, { remedy: failure.remedy });
}

function blame(run: PlanRun, failure: Failure, guilty: readonly (readonly [CopySource, Failure])[]): Refusal {
  const { once } = run.request.plan;
  const blamed = guilty.flatMap(([{ file }, why]): FileResult[] => {
    const status = leftOutAs(once, why);
    return status ? [{ file, status, rows: 0, failure: why }] : [];
  });
  const [first] = guilty;
  return { failure: first && !maySetAside(once, failure) ? first[1] : failure, blamed };
}
