import { Failure } from '#contracts';
import type { Target } from '#contracts';
import type { TableColumn } from '../match-columns.ts';
import { ident, idents, qualified } from '../quote.ts';
import { readServerError } from '../classify.ts';
import { ORDER } from './merge.ts';
import type { Session } from '../sessions.ts';

/** Temporary tables are the session's own and end with the transaction, so fixed names cannot meet. */
export const STAGE = 'dopplershift_stage';
const SELECTED = 'dopplershift_selected';
/** what `{{table}}` stands for: the staged rows without our own column */
const SHOWN = 'dopplershift_staging';
/** One number per row, taken from the sequence in handfuls. */
const ORDER_CACHE = 1_000;

type Shape = {
  readonly target: Target;
  readonly columns: readonly TableColumn[];
};

/**
 * Made of the target's own columns, so that types, lengths and collations agree; NOT NULL is checked
 * while the row still has a line number. Columns the file does not have are left to their defaults in
 * the target: a copy of the whole table would demand values for them (`like` keeps NOT NULL without the
 * identity).
 */
export async function createStage(
  session: Session,
  shape: Shape & { readonly checked: readonly TableColumn[] },
): Promise<void> {
  const notNull = shape.checked.filter((column) => column.notNull).map((column) => ident(column.name));
  await session.script(
    tableLike(STAGE, shape),
    `alter table ${STAGE} ${[addOrder(), ...notNull.map((name) => `alter ${name} set not null`)].join(', ')}`,
  );
}

export async function dropStage(session: Session): Promise<void> {
  await session.script(`drop table if exists ${SELECTED}`, `drop table ${STAGE} cascade`);
}

/**
 * The rows that a custom select makes of the staged ones, in its order; without one, the staged rows
 * themselves. The select is the manifest's text: it runs as one statement of its own, and its columns
 * count by position.
 */
export async function selectFromStage(
  session: Session,
  shape: Shape & { readonly select: string | undefined; readonly rows: number },
): Promise<{ readonly stage: string; readonly copied?: string; readonly rows: number }> {
  const { select, rows } = shape;
  if (select === undefined || select === 'distinct') return { stage: STAGE, rows };
  const columns = idents(shape.columns.map((column) => column.name));
  await session.script(
    `create temp view ${SHOWN} as select ${columns} from ${STAGE}`,
    tableLike(SELECTED, shape),
    `alter table ${SELECTED} ${addOrder()}`,
  );
  const query = select.replaceAll('{{table}}', SHOWN).replace(/;\s*$/, '');
  const selected = await insertSelected(session, `insert into ${SELECTED} (${columns}) ${query}`);
  return { stage: SELECTED, copied: STAGE, rows: selected };
}

async function insertSelected(session: Session, text: string): Promise<number> {
  try {
    return await session.change(text);
  } catch (thrown) {
    const server = readServerError(thrown);
    if (!server?.sqlState.startsWith('42')) throw thrown;
    throw new Failure('manifest-invalid', `:staging-select: ${server.message}`, {
      cause: thrown,
      remedy: 'Correct :staging-select; it must select the columns of the manifest, in their order.',
    });
  }
}

function tableLike(name: string, { target, columns }: Shape): string {
  const list = idents(columns.map((column) => column.name));
  return `create temp table ${name} on commit drop as select ${list} from ${qualified(target)} with no data`;
}

function addOrder(): string {
  return `add ${ident(ORDER)} bigint generated always as identity (cache ${ORDER_CACHE})`;
}
