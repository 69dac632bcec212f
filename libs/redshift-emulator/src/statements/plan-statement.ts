import { planAlterTable } from '../ddl/alter-table.ts';
import { planCreateTable } from '../ddl/create-table.ts';
import type { House } from '../house.ts';
import { readCopyStatement } from '../load/copy-statement.ts';
import { runCopy } from '../load/run-copy.ts';
import { isWord } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import type { Plan } from './plan.ts';
import { translate } from './translate.ts';
import { planTransactionEnd } from './transactions.ts';

type Planner = (statement: Statement, house: House) => Plan;

/** Statements that are more than their translation, by their first word. */
const PLANNERS: Readonly<Record<string, Planner>> = {
  copy: planCopy,
  begin: planBegin,
  start: planBegin,
  commit: planTransactionEnd,
  end: planTransactionEnd,
  rollback: planTransactionEnd,
  abort: planTransactionEnd,
  create: planCreate,
  alter: planAlter,
};

/** @throws StatementError */
export function planStatement(statement: Statement, house: House): Plan {
  const planner = PLANNERS[statement.tokens[0]?.value ?? ''];
  return planner ? planner(statement, house) : forward(statement);
}

function planCreate(statement: Statement): Plan {
  const { tokens } = statement;
  const isTable = tokens.slice(1, 4).some((token) => isWord(token, 'table'));
  return isTable ? planCreateTable(statement) : forward(statement);
}

function planAlter(statement: Statement): Plan {
  return isWord(statement.tokens[1], 'table') ? planAlterTable(statement) : forward(statement);
}

function forward(statement: Statement): Plan {
  return { kind: 'forward', sql: translate(statement) };
}

function planBegin(statement: Statement): Plan {
  return { kind: 'forward', sql: translate(statement), transaction: 'begin' };
}

function planCopy(statement: Statement, house: House): Plan {
  const copy = readCopyStatement(statement);
  return { kind: 'act', act: (stage) => runCopy(stage, house, copy) };
}
