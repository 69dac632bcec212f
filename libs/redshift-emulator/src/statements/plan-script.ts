import type { House } from '../house.ts';
import { splitStatements } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { UnclosedToken } from '../sql/tokenize.ts';
import { StatementError } from '../wire/server-message.ts';
import { refuse } from './plan.ts';
import type { Plan } from './plan.ts';
import { planStatement } from './plan-statement.ts';

/** What is to be done for each statement of a text; after one that is refused nothing is done anyway. */
export function planScript(sql: string, house: House): readonly Plan[] {
  try {
    return splitStatements(sql).map((statement) => planOrRefuse(statement, house));
  } catch (thrown) {
    if (!(thrown instanceof UnclosedToken)) throw thrown;
    return [refuse({ sqlState: '42601', message: thrown.message, position: thrown.at + 1 })];
  }
}

function planOrRefuse(statement: Statement, house: House): Plan {
  try {
    return planStatement(statement, house);
  } catch (thrown) {
    if (thrown instanceof StatementError) return refuse(thrown.problem);
    throw thrown;
  }
}
