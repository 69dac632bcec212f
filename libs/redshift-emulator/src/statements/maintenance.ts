import { tableIdent } from '../sql/quote.ts';
import { isSymbol } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { TokenCursor } from '../sql/token-cursor.ts';
import { StatementError } from '../wire/server-message.ts';
import type { Plan, Stage } from './plan.ts';
import { translate } from './translate.ts';

/** TRUNCATE commits the transaction that it is run in, and cannot be rolled back. */
export function planTruncate(statement: Statement): Plan {
  const sql = translate(statement);
  return {
    kind: 'act',
    act: async (stage) => {
      const { tag } = await stage.run(sql);
      await stage.commitNow();
      return tag;
    },
  };
}

const VACUUM_KINDS = [['full'], ['sort', 'only'], ['delete', 'only'], ['reindex'], ['recluster']] as const;

/** `VACUUM [kind] [table] [TO n PERCENT] [BOOST]`: PostgreSQL's own, whatever kind is asked for. */
export function planVacuum(statement: Statement): Plan {
  const cursor = new TokenCursor(statement);
  cursor.need('vacuum');
  VACUUM_KINDS.some((words) => cursor.take(...words));
  const table = cursor.done || cursor.peek()?.value === 'boost' ? '' : ` ${tableIdent(cursor.tableName())}`;
  if (cursor.take('to')) {
    cursor.next();
    cursor.need('percent');
  }
  cursor.take('boost');
  cursor.needEnd();
  return { kind: 'act', act: (stage) => vacuum(stage, `vacuum${table}`) };
}

async function vacuum(stage: Stage, sql: string): Promise<string> {
  if (stage.inBlock)
    throw new StatementError({
      sqlState: '25001',
      message: 'VACUUM cannot run inside a transaction block',
    });
  return (await stage.run(sql)).tag;
}

/** `ANALYZE [VERBOSE] [table [(columns)]] [PREDICATE COLUMNS | ALL COLUMNS]` */
export function planAnalyze(statement: Statement): Plan {
  const cursor = new TokenCursor(statement);
  cursor.skip();
  const verbose = cursor.take('verbose') ? ' verbose' : '';
  const isWhole = cursor.done || ['predicate', 'all'].includes(cursor.peek()?.value ?? '');
  const table = isWhole ? '' : ` ${tableIdent(cursor.tableName())}`;
  const columns = isSymbol(cursor.peek(), '(') ? ` (${cursor.names().map(quoted).join(', ')})` : '';
  if (!cursor.take('predicate', 'columns')) cursor.take('all', 'columns');
  cursor.needEnd();
  return { kind: 'forward', sql: `analyze${verbose}${table}${columns}` };
}

const quoted = (name: string): string => tableIdent({ schema: undefined, table: name });

/** `CANCEL pid ['message']`: asks another session to stop what it is doing. */
export function planCancel(statement: Statement): Plan {
  const cursor = new TokenCursor(statement);
  cursor.need('cancel');
  const pid = Number(cursor.next().raw);
  if (!cursor.done) cursor.text();
  cursor.needEnd();
  if (!Number.isSafeInteger(pid))
    throw new StatementError({ sqlState: '42601', message: 'CANCEL takes the number of a process' });
  return {
    kind: 'act',
    act: async (stage) => {
      await stage.run(`select pg_catalog.pg_cancel_backend(${pid})`);
      return 'CANCEL';
    },
  };
}
