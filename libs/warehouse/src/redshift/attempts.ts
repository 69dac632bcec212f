import { fileIdentity, planHash } from '#contracts';
import type { LoadRequested, Target } from '#contracts';
import type { FileKey, PlannedFile } from '../plan-files.ts';
import type { Session } from '../sessions.ts';
import { companionTable, parts, placeholders } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';

/** characters of a failure's message that are kept; each may have four bytes */
const MESSAGE_MAX = 1_000;
const PER_ROW = 6;

/**
 * What failed before, and with which plan. Files of an EachFile plan are remembered one by one; a Whole
 * plan is remembered as a whole, since the same file may do well in another company.
 */
export async function failedBefore(
  session: Session,
  home: LedgerHome,
  request: LoadRequested,
  files: readonly PlannedFile[],
): Promise<Set<FileKey>> {
  const failed = new Set<FileKey>();
  for (const [tableIndex, { target }] of request.plan.tables.entries()) {
    const mine = files.filter((file) => file.tableIndex === tableIndex);
    const known = await knownFailures(session, home, target, {
      hash: planHash(request.plan),
      identities: [...identities(request, mine).keys()],
    });
    for (const file of mine) if (known.has(identityIn(request, file))) failed.add(file.key);
  }
  return failed;
}

async function knownFailures(
  session: Session,
  home: LedgerHome,
  target: Target,
  asked: { readonly hash: string; readonly identities: readonly string[] },
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const part of parts(asked.identities)) {
    const rows = await session.rows<{ file_identity: string }>(
      `select file_identity from ${companionTable(home, 'failed', target)}
where plan_hash = $1 and file_identity in (${placeholders(2, part.length)})`,
      [asked.hash, ...part],
    );
    for (const row of rows) known.add(row.file_identity);
  }
  return known;
}

/** In a transaction of its own. */
export async function rememberFailure(
  session: Session,
  home: LedgerHome,
  request: LoadRequested,
  failure: { readonly files: readonly PlannedFile[]; readonly code: string; readonly message: string },
): Promise<void> {
  const hash = planHash(request.plan);
  const message = failure.message.replaceAll('\0', '').slice(0, MESSAGE_MAX);
  for (const [tableIndex, { target }] of request.plan.tables.entries()) {
    const table = companionTable(home, 'failed', target);
    const mine = failure.files.filter((file) => file.tableIndex === tableIndex);
    for (const part of parts([...identities(request, mine)])) {
      const names = part.map(([identity]) => identity);
      await session.change(
        `delete from ${table} where plan_hash = $1 and file_identity in (${placeholders(2, names.length)})`,
        [hash, ...names],
      );
      const tuples = part.map((_one, at) => `(${placeholders(at * PER_ROW + 1, PER_ROW)}, getdate())`);
      await session.change(
        `insert into ${table} (file_identity, plan_hash, key, code, message, load_id, failed_at)
values ${tuples.join(', ')}`,
        part.flatMap(([identity, key]) => [identity, hash, key, failure.code, message, request.loadId]),
      );
    }
  }
}

/** A file that loads after all takes its failures with it. */
export async function forgetFailures(
  session: Session,
  home: LedgerHome,
  target: Target,
  loaded: { readonly request: LoadRequested; readonly files: readonly PlannedFile[] },
): Promise<void> {
  for (const part of parts([...identities(loaded.request, loaded.files).keys()]))
    await session.change(
      `delete from ${companionTable(home, 'failed', target)}
where file_identity in (${placeholders(1, part.length)})`,
      part,
    );
}

/** identity → key of the object; a Whole plan has one identity, whose key is unknown */
function identities(request: LoadRequested, files: readonly PlannedFile[]): Map<string, string | null> {
  const wholly = request.plan.once.kind !== 'EachFile';
  return new Map(files.map((file) => [identityIn(request, file), wholly ? null : file.ref.key]));
}

function identityIn(request: LoadRequested, file: PlannedFile): string {
  return request.plan.once.kind === 'EachFile' ? fileIdentity(file.ref) : `load:${request.loadId}`;
}
