import type { House } from '../house.ts';
import { setFault, showFault } from './fault-settings.ts';
import { ident, literal } from '../sql/quote.ts';
import { isWord, textOf } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { TokenCursor } from '../sql/token-cursor.ts';
import { StatementError } from '../wire/server-message.ts';
import type { Plan } from './plan.ts';
import { translate } from './translate.ts';

/** Settings that Redshift has and PostgreSQL has not, with their defaults; here they are only kept. */
const OF_REDSHIFT: Readonly<Record<string, string>> = {
  analyze_threshold_percent: '10',
  auto_analyze: 'on',
  cast_super_null_on_error: 'on',
  describe_field_name_in_uppercase: 'off',
  enable_result_cache_for_session: 'on',
  enable_vacuum_boost: 'off',
  error_on_nondeterministic_update: 'off',
  json_serialization_enable: 'off',
  max_cursor_result_set_size: 'default',
  mv_enable_aqmv_for_session: 'on',
  navigate_super_null_on_error: 'on',
  parse_super_null_on_error: 'off',
  query_group: 'unset',
  wlm_query_slot_count: '1',
};

/** PostgreSQL has them, Redshift answers "unrecognized configuration parameter". */
const NOT_OF_REDSHIFT = new Set(['standard_conforming_strings', 'escape_string_warning', 'backslash_quote']);

const OWN = 'redshift_emulator';

/** SET and RESET. */
export function planSet(statement: Statement, house: House): Plan {
  const cursor = new TokenCursor(statement);
  const isReset = isWord(cursor.next(), 'reset');
  if (isWord(cursor.peek(), 'transaction') || isWord(cursor.peek(1), 'characteristics'))
    return planIsolation(statement, house);
  if (!cursor.take('session')) cursor.take('local');
  const token = cursor.peek();
  const name = token?.value.toLowerCase() ?? '';
  if (name === 'emulator') return setFault(cursor, isReset, house.faults);
  refuseUnknown(name, cursor);
  const edits =
    token && name in OF_REDSHIFT ? [{ at: token.at, end: token.end, text: `${OWN}.${name}` }] : [];
  return { kind: 'forward', sql: translate(statement, edits) };
}

function refuseUnknown(name: string, cursor: TokenCursor): void {
  if (NOT_OF_REDSHIFT.has(name))
    throw new StatementError({
      sqlState: '42704',
      message: `unrecognized configuration parameter "${name}"`,
    });
  const isOn = /^(on|true|1|yes)$/i.test(cursor.peek(2)?.value ?? '');
  if (['enable_case_sensitive_identifier', 'downcase_delimited_identifier'].includes(name) && isOn)
    throw new StatementError({
      sqlState: '0A000',
      message: `the emulator does not have ${name}: names are always folded to lower case`,
    });
}

export function planShow(statement: Statement, { faults }: House): Plan {
  const cursor = new TokenCursor(statement);
  cursor.need('show');
  const name = cursor.peek()?.value.toLowerCase() ?? '';
  if (name === 'emulator') return showFault(cursor, faults);
  if (name === 'server_version') return shown('server_version', literal('8.0.2'));
  refuseUnknown(name, cursor);
  const initial = OF_REDSHIFT[name];
  if (initial === undefined) return { kind: 'forward', sql: textOf(statement) };
  const current = `nullif(pg_catalog.current_setting(${literal(`${OWN}.${name}`)}, true), '')`;
  return shown(name, `coalesce(${current}, ${literal(initial)})`);
}

const shown = (name: string, value: string): Plan => ({
  kind: 'forward',
  sql: `select ${value} as ${ident(name)}`,
});

/** Redshift takes every isolation level and means its own by all of them. */
export function planIsolation(statement: Statement, { isolation }: House): Plan {
  const { tokens } = statement;
  const at = tokens.findIndex((token, i) => isWord(token, 'level') && isWord(tokens[i - 1], 'isolation'));
  const [from, next] = [tokens[at + 1], tokens[at + 2]];
  if (at < 0 || !from) return { kind: 'forward', sql: translate(statement) };
  const to = isWord(from, 'read', 'repeatable') && next ? next : from;
  const text = isolation === 'snapshot' ? 'repeatable read' : 'serializable';
  return { kind: 'forward', sql: translate(statement, [{ at: from.at, end: to.end, text }]) };
}
