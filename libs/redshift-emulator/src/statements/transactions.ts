import type { House } from '../house.ts';
import { textOf } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { StatementError } from '../wire/server-message.ts';
import type { Plan, Stage } from './plan.ts';

/** COMMIT and ROLLBACK: here the troubles of commits happen when they are asked for. */
export function planTransactionEnd(statement: Statement, house: House): Plan {
  const sql = textOf(statement);
  const commits = ['commit', 'end'].includes(statement.tokens[0]?.value ?? '');
  const act = (stage: Stage): Promise<string> =>
    commits && stage.inBlock ? commit(stage, sql, house) : finish(stage, sql);
  return { kind: 'act', transaction: 'end', act };
}

async function finish(stage: Stage, sql: string): Promise<string> {
  stage.memory.doubt();
  return (await stage.run(sql)).tag;
}

async function commit(stage: Stage, sql: string, { faults, isolation }: House): Promise<string> {
  switch (faults.nextCommit()) {
    case 'commit':
      return finish(stage, sql);
    case 'conflict':
      await finish(stage, 'rollback');
      throw new StatementError(isolation === 'snapshot' ? SNAPSHOT_CONFLICT : SERIALIZABLE_CONFLICT);
    case 'cut': {
      const tag = await finish(stage, sql);
      stage.hangUp();
      return tag;
    }
  }
}

/** Error 1023 of serializable isolation (reference/redshift-copy.md §5). */
export const SERIALIZABLE_CONFLICT = {
  sqlState: 'XX000',
  message: '1023',
  detail:
    'Serializable isolation violation on table - 100000, transactions forming the cycle are: 1, 2 (pid:1)',
};

/** The same under snapshot isolation. */
export const SNAPSHOT_CONFLICT = {
  sqlState: 'XX000',
  message: 'could not complete because of conflict with concurrent transaction',
};
