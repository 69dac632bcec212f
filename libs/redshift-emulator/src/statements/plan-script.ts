import type { House } from '../house.ts';
import { splitStatements, textOf } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { UnclosedToken } from '../sql/tokenize.ts';
import type { Problem } from '../wire/server-message.ts';
import { StatementError } from '../wire/server-message.ts';
import { refuse } from './plan.ts';
import type { Plan } from './plan.ts';
import { planStatement } from './plan-statement.ts';

export type Script = {
  /** one for each statement; after one that is refused nothing is done anyway */
  readonly plans: readonly Plan[];
  /** the backend may have the client's own text: then the places that its errors show are right */
  readonly asWritten: boolean;
};

/** "The maximum size for a single Amazon Redshift SQL statement is 16 MB." */
const STATEMENT_BYTES_MAX = 16 * 1024 * 1024;

export function planScript(sql: string, house: House): Script {
  const size = Buffer.byteLength(sql);
  if (size > STATEMENT_BYTES_MAX) return { plans: [refuse(tooLarge(size))], asWritten: false };
  try {
    const statements = splitStatements(sql);
    const plans = statements.map((statement) => planOrRefuse(statement, house));
    const asWritten = plans.every((plan, i) => {
      const statement = statements[i];
      return statement && plan.kind === 'forward' && plan.sql === textOf(statement);
    });
    return { plans, asWritten };
  } catch (thrown) {
    if (!(thrown instanceof UnclosedToken)) throw thrown;
    const problem = { sqlState: '42601', message: thrown.message, position: thrown.at + 1 };
    return { plans: [refuse(problem)], asWritten: false };
  }
}

function tooLarge(size: number): Problem {
  const most = `Maximum Allowed: ${STATEMENT_BYTES_MAX} bytes`;
  return { sqlState: '54000', message: `Statement is too large. Statement Size: ${size} bytes. ${most}` };
}

function planOrRefuse(statement: Statement, house: House): Plan {
  try {
    return planStatement(statement, house);
  } catch (thrown) {
    if (thrown instanceof StatementError) return refuse(thrown.problem);
    throw thrown;
  }
}
