import { NEEDS_SCHEMA, OWN_RELATIONS } from '../catalog/catalog-sql.ts';
import { OWN_FUNCTIONS } from '../catalog/functions-sql.ts';
import { edited, isSymbol } from '../sql/statement.ts';
import type { Edit, Statement } from '../sql/statement.ts';
import type { Token } from '../sql/tokenize.ts';

const OWN_SCHEMA = 'redshift_emulator';

/** The statement as PostgreSQL understands it, with what stands for Redshift's names and spellings. */
export function translate(statement: Statement, more: readonly Edit[] = []): string {
  const taken = (edit: Edit): boolean => more.some(({ at, end }) => edit.at < end && at < edit.end);
  const own = statement.tokens.flatMap((token, i) => tokenEdits(statement.tokens, token, i));
  return edited(statement, [...more, ...own.filter((edit) => !taken(edit))]);
}

function tokenEdits(tokens: readonly Token[], token: Token, i: number): readonly Edit[] {
  switch (token.kind) {
    case 'text':
      return textEdit(tokens, token, i);
    case 'quoted':
      return foldedEdit(token);
    case 'word':
      return nameEdits(tokens, token, i);
    case 'number':
    case 'parameter':
    case 'symbol':
      return [];
  }
}

/** In Redshift a backslash escapes in every text; PostgreSQL wants to be told. */
function textEdit(tokens: readonly Token[], { raw, at }: Token, i: number): readonly Edit[] {
  const prefix = tokens[i - 1];
  const isPrefixed = prefix?.kind === 'word' && prefix.end === at;
  if (isPrefixed || !raw.startsWith("'") || !raw.includes('\\')) return [];
  return [{ at, end: at, text: ' E' }];
}

/** Names in quotes are folded to lower case as well (enable_case_sensitive_identifier is off). */
function foldedEdit({ raw, at, end }: Token): readonly Edit[] {
  const folded = raw.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return folded === raw ? [] : [{ at, end, text: folded }];
}

function nameEdits(tokens: readonly Token[], token: Token, i: number): readonly Edit[] {
  const { value, at, end } = token;
  if (value.startsWith('#')) return [{ at, end, text: `"${value}"` }];
  if (value === 'sysdate') return [{ at, end, text: 'pg_catalog.now()::timestamp' }];
  const isCall = isSymbol(tokens[i + 1], '(');
  const schema = isSymbol(tokens[i - 1], '.') ? tokens[i - 2] : undefined;
  if (schema && !CATALOGS.has(schema.value)) return [];
  const owned = [{ at: schema?.at ?? at, end, text: `${OWN_SCHEMA}.${value}` }];
  if (isCall) return OWN_FUNCTIONS.has(value) ? owned : [];
  if (!OWN_RELATIONS.has(value)) return [];
  if (schema) return NEEDS_SCHEMA.has(value) === (schema.value === 'information_schema') ? owned : [];
  return !NEEDS_SCHEMA.has(value) && !isSymbol(tokens[i + 1], '.') && isPlace(tokens, i) ? owned : [];
}

const CATALOGS = new Set(['pg_catalog', 'information_schema']);

/** Where a relation is named, not a column or an alias. */
const BEFORE_RELATION = new Set(['from', 'join', 'into', 'update', 'table', 'using', 'only']);

function isPlace(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  return before !== undefined && (isSymbol(before, ',') || BEFORE_RELATION.has(before.value));
}
