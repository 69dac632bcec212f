import { planAlterTable } from '../ddl/alter-table.ts';
import { planCreateTable } from '../ddl/create-table.ts';
import type { House } from '../house.ts';
import { lint } from '../lint/lint.ts';
import { readCopyStatement } from '../load/copy-statement.ts';
import { runCopy } from '../load/run-copy.ts';
import { isWord } from '../sql/statement.ts';
import type { Edit, Statement } from '../sql/statement.ts';
import { planUnload } from '../unload/plan-unload.ts';
import { planAnalyze, planCancel, planTruncate, planVacuum } from './maintenance.ts';
import { planMerge } from './merge.ts';
import { refuse } from './plan.ts';
import type { Plan } from './plan.ts';
import { planIsolation, planSet, planShow } from './settings.ts';
import { planTransactionEnd } from './transactions.ts';
import { translate } from './translate.ts';

type Planner = (statement: Statement, house: House) => Plan;

/** Statements that are more than their translation, by their first word. */
const PLANNERS: Readonly<Record<string, Planner>> = {
  abort: planTransactionEnd,
  alter: planAlter,
  analyse: planAnalyze,
  analyze: planAnalyze,
  begin: planBegin,
  cancel: planCancel,
  commit: planTransactionEnd,
  copy: planCopy,
  create: planCreate,
  delete: planDelete,
  end: planTransactionEnd,
  merge: planMerge,
  reset: planSet,
  rollback: planTransactionEnd,
  set: planSet,
  show: planShow,
  start: planBegin,
  truncate: planTruncate,
  unload: planUnload,
  vacuum: planVacuum,
};

const OWN_GRAMMAR = new Set(['copy', 'unload']);

/** @throws StatementError */
export function planStatement(statement: Statement, house: House): Plan {
  const word = statement.tokens[0]?.value ?? '';
  // the words of their options mean something else elsewhere
  const problem = OWN_GRAMMAR.has(word) ? undefined : lint(statement);
  if (problem) return refuse(problem);
  const planner = PLANNERS[word];
  return planner ? planner(statement, house) : forward(statement);
}

function forward(statement: Statement): Plan {
  return { kind: 'forward', sql: translate(statement) };
}

function planBegin(statement: Statement, house: House): Plan {
  const plan = planIsolation(statement, house);
  return plan.kind === 'forward' ? { ...plan, transaction: 'begin' } : plan;
}

function planCopy(statement: Statement, house: House): Plan {
  const copy = readCopyStatement(statement);
  return { kind: 'act', act: (stage) => runCopy(stage, house, copy) };
}

function planCreate(statement: Statement): Plan {
  const { tokens } = statement;
  if (tokens.slice(1, 4).some((token) => isWord(token, 'table'))) return planCreateTable(statement);
  return { kind: 'forward', sql: translate(statement, lateBinding(statement)) };
}

/** `CREATE VIEW … WITH NO SCHEMA BINDING`: here a view is bound all the same. */
function lateBinding({ tokens }: Statement): Edit[] {
  const [first] = tokens.slice(-4);
  const words = tokens.slice(-4).map(({ value }) => value);
  if (!first || words.join(' ') !== 'with no schema binding') return [];
  return [{ at: first.at, end: tokens.at(-1)?.end ?? first.end, text: '' }];
}

function planAlter(statement: Statement): Plan {
  return isWord(statement.tokens[1], 'table') ? planAlterTable(statement) : forward(statement);
}

/** `DELETE t` is `DELETE FROM t`. */
function planDelete(statement: Statement): Plan {
  const target = statement.tokens[1];
  if (!target || isWord(target, 'from')) return forward(statement);
  return { kind: 'forward', sql: translate(statement, [{ at: target.at, end: target.at, text: 'from ' }]) };
}
