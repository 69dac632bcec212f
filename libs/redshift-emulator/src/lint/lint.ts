import { CanonicalText } from '../sql/canonical.ts';
import type { Statement } from '../sql/statement.ts';
import type { Problem } from '../wire/server-message.ts';
import { EMULATOR_LIMITS } from './emulator-limits.ts';
import { FUNCTION_RULES } from './function-rules.ts';
import type { LintRule } from './lint-rule.ts';
import { QUERY_RULES } from './query-rules.ts';
import { STATEMENT_RULES } from './statement-rules.ts';

/** What PostgreSQL accepts and Redshift does not. */
export const LINT_RULES: readonly LintRule[] = [...STATEMENT_RULES, ...QUERY_RULES, ...FUNCTION_RULES];

const ALL_RULES = [...LINT_RULES, ...EMULATOR_LIMITS];

/** Queries of these run on the leader node. */
const CATALOG =
  /\b(?:from|join|,) (?:pg_\w+|(?:pg_catalog|information_schema) \.|(?:svv|stv|stl|svl|sys)_\w+)/;

/** The first reason why Redshift, or the emulator, would not take the statement. */
export function lint(statement: Statement): Problem | undefined {
  const canonical = new CanonicalText(statement.tokens);
  const onCatalog = CATALOG.test(canonical.text);
  for (const rule of ALL_RULES) {
    if ((rule.notOnCatalog && onCatalog) || rule.within?.test(canonical.text) === false) continue;
    const match = rule.pattern.exec(canonical.text);
    if (match) return problemOf(rule, match, canonical);
  }
  return undefined;
}

function problemOf(rule: LintRule, match: RegExpExecArray, canonical: CanonicalText): Problem {
  const lead = match[0].length - match[0].trimStart().length;
  const token = canonical.tokenAt(match.indices?.groups?.['here']?.[0] ?? match.index + lead);
  const said = (match[1] ?? '').trim();
  return {
    sqlState: rule.sqlState,
    message: rule.message.replace('$1', said.length > 0 ? display(rule, said) : ''),
    ...(rule.hint !== undefined && { hint: rule.hint }),
    ...(token && { position: token.at + 1 }),
  };
}

/** Words of SQL in capitals, names as they are. */
function display({ sqlState, message }: LintRule, said: string): string {
  const isName =
    sqlState === '42883' || sqlState === '42704' || sqlState === '42703' || /unction/.test(message);
  return isName ? said : said.toUpperCase();
}
