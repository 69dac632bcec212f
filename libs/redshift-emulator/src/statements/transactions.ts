import type { House } from '../house.ts';
import { SERIALIZABLE_CONFLICT } from '../session/redshift-errors.ts';
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
  // nothing else may be parsed in a transaction that is aborted
  return { kind: 'act', transaction: 'end', act, standIn: sql };
}

async function finish(stage: Stage, sql: string): Promise<string> {
  stage.memory.doubt();
  return (await stage.runItself(sql)).tag;
}

async function commit(stage: Stage, sql: string, { faults }: House): Promise<string> {
  switch (faults.nextCommit()) {
    case 'commit':
      return finish(stage, sql);
    case 'conflict':
      stage.memory.doubt();
      await stage.run('rollback');
      throw new StatementError(SERIALIZABLE_CONFLICT);
    case 'cut': {
      const tag = await finish(stage, sql);
      stage.hangUp();
      return tag;
    }
  }
}
