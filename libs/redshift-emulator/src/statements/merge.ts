import { literal, tableIdent } from '../sql/quote.ts';
import { isSymbol, isWord } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { TokenCursor } from '../sql/token-cursor.ts';
import { StatementError } from '../wire/server-message.ts';
import type { Plan, Stage } from './plan.ts';
import { translate } from './translate.ts';

/**
 * MERGE within Redshift's limits (reference/redshift-copy.md §6): a target without an alias, a table as its
 * source, one WHEN MATCHED and one WHEN NOT MATCHED, or REMOVE DUPLICATES.
 */
export function planMerge(statement: Statement): Plan {
  const cursor = new TokenCursor(statement);
  cursor.need('merge');
  cursor.need('into');
  const target = tableIdent(cursor.tableName());
  if (!isWord(cursor.peek(), 'using')) throw beyond('the target takes no alias');
  cursor.need('using');
  if (isSymbol(cursor.peek(), '(')) throw beyond('the source is a table, not a query');
  const source = tableIdent(cursor.tableName());
  const alias = readAlias(cursor);
  cursor.need('on');
  const condition = readCondition(cursor, statement);
  if (cursor.take('remove', 'duplicates')) {
    cursor.needEnd();
    return removeDuplicates({ target, source, alias, condition });
  }
  readClauses(cursor);
  return { kind: 'act', act: (stage) => merge(stage, translate(statement), source) };
}

function readAlias(cursor: TokenCursor): string {
  if (isWord(cursor.peek(), 'on')) return '';
  cursor.take('as');
  return ` as ${tableIdent({ schema: undefined, table: cursor.name() })}`;
}

function readCondition(cursor: TokenCursor, { source, tokens }: Statement): string {
  const from = cursor.index;
  while (!cursor.done && !isWord(cursor.peek(), 'when') && !isRemove(cursor)) {
    if (isWord(cursor.peek(), 'case')) skipCase(cursor);
    else if (isSymbol(cursor.peek(), '(')) cursor.skipParentheses();
    else cursor.skip();
  }
  return translate({ source, tokens: tokens.slice(from, cursor.index) });
}

const isRemove = (cursor: TokenCursor): boolean =>
  isWord(cursor.peek(), 'remove') && isWord(cursor.peek(1), 'duplicates');

/** A CASE has WHENs of its own. */
function skipCase(cursor: TokenCursor): void {
  cursor.need('case');
  while (!cursor.take('end'))
    if (isWord(cursor.peek(), 'case')) skipCase(cursor);
    else cursor.next();
}

function readClauses(cursor: TokenCursor): void {
  let [matched, unmatched] = [0, 0];
  while (!cursor.done) {
    cursor.need('when');
    const isMatched = !cursor.take('not');
    cursor.need('matched');
    if (!cursor.take('then')) throw beyond('WHEN [NOT] MATCHED takes no further condition');
    if (isMatched) matched += 1;
    else unmatched += 1;
    readAction(cursor, isMatched);
  }
  if (matched !== 1 || unmatched !== 1)
    throw beyond('it has exactly one WHEN MATCHED and one WHEN NOT MATCHED');
}

function readAction(cursor: TokenCursor, isMatched: boolean): void {
  const isGood = isMatched ? cursor.take('update') || cursor.take('delete') : cursor.take('insert');
  if (!isGood) throw beyond(isMatched ? 'WHEN MATCHED updates or deletes' : 'WHEN NOT MATCHED inserts');
  while (!cursor.done && !isWord(cursor.peek(), 'when')) {
    if (isWord(cursor.peek(), 'case')) skipCase(cursor);
    else if (isSymbol(cursor.peek(), '(')) cursor.skipParentheses();
    else cursor.skip();
  }
}

async function merge(stage: Stage, sql: string, source: string): Promise<string> {
  await refuseView(stage, source);
  return (await stage.run(sql)).tag;
}

type Simplified = {
  readonly target: string;
  readonly source: string;
  readonly alias: string;
  readonly condition: string;
};

/** Rows that match are replaced by those of the source, all others of the source are added. */
function removeDuplicates({ target, source, alias, condition }: Simplified): Plan {
  return {
    kind: 'act',
    act: (stage) =>
      stage.inTransaction(async () => {
        await refuseView(stage, source);
        await refuseOtherColumns(stage, target, source);
        await stage.run(`delete from ${target} using ${source}${alias} where ${condition}`);
        const { tag } = await stage.run(`insert into ${target} select distinct * from ${source}`);
        return `MERGE ${/\d+$/.exec(tag)?.[0] ?? '0'}`;
      }),
  };
}

async function refuseView(stage: Stage, source: string): Promise<void> {
  const { rows } = await stage.run(
    `select relkind from pg_catalog.pg_class where oid = to_regclass(${literal(source)})`,
  );
  if (rows[0] && rows[0][0] !== 'r') throw beyond('the source is a table, not a view');
}

async function refuseOtherColumns(stage: Stage, target: string, source: string): Promise<void> {
  const count = (table: string): string =>
    `(select count(*) from pg_catalog.pg_attribute
      where attrelid = to_regclass(${literal(table)}) and attnum > 0 and not attisdropped)`;
  const { rows } = await stage.run(`select ${count(target)} = ${count(source)}`);
  if (rows[0]?.[0] !== 't')
    throw beyond('REMOVE DUPLICATES wants a source with the same number of columns as the target');
}

function beyond(why: string): StatementError {
  return new StatementError({ sqlState: '0A000', message: `MERGE in Amazon Redshift: ${why}` });
}
