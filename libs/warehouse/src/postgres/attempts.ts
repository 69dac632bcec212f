import { fileIdentity, planHash } from '#contracts';
import type { LoadRequested, Target } from '#contracts';

import type { FileKey, PlannedFile } from '../plan-files.ts';
import { memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';

/** characters of a failure's message that are kept */
const MESSAGE_MAX = 1_000;

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
    const rows = await session.rows<{ identity: string }>(
      `select identity from ${memoryTable(home, 'attempts')}
       where plan_hash = $1 and schema_name = $2 and table_name = $3 and identity = any($4)`,
      [planHash(request.plan), target.schema, target.table, [...identities(request, mine).keys()]],
    );
    const known = new Set(rows.map((row) => row.identity));
    for (const file of mine) if (known.has(identityIn(request, file))) failed.add(file.key);
  }
  return failed;
}

export async function rememberFailure(
  session: Session,
  home: LedgerHome,
  request: LoadRequested,
  failure: { readonly files: readonly PlannedFile[]; readonly code: string; readonly message: string },
): Promise<void> {
  for (const [tableIndex, { target }] of request.plan.tables.entries()) {
    const mine = identities(
      request,
      failure.files.filter((file) => file.tableIndex === tableIndex),
    );
    await session.change(
      `insert into ${memoryTable(home, 'attempts')}
         (schema_name, table_name, plan_hash, code, message, load_id, identity, key)
       select $1, $2, $3, $4, $5, $6, f.identity, f.key
       from unnest($7::text[], $8::text[]) as f (identity, key)
       on conflict (identity, plan_hash, schema_name, table_name) do update set
         code = excluded.code, message = excluded.message, load_id = excluded.load_id, at = now()`,
      [
        target.schema,
        target.table,
        planHash(request.plan),
        failure.code,
        withoutNul(failure.message).slice(0, MESSAGE_MAX),
        request.loadId,
        [...mine.keys()],
        [...mine.values()],
      ],
    );
  }
}

/** A file that loads after all takes its failures with it. */
export async function forgetFailures(
  session: Session,
  home: LedgerHome,
  target: Target,
  loaded: { readonly request: LoadRequested; readonly files: readonly PlannedFile[] },
): Promise<void> {
  await session.change(
    `delete from ${memoryTable(home, 'attempts')}
     where schema_name = $1 and table_name = $2 and identity = any($3)`,
    [target.schema, target.table, [...identities(loaded.request, loaded.files).keys()]],
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

function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
