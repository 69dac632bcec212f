import { NEEDS_SCHEMA, OWN_RELATIONS } from '../catalog/catalog-sql.ts';
import { OWN_FUNCTIONS } from '../catalog/functions-sql.ts';
import { edited, isSymbol, isWord } from '../sql/statement.ts';
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
      return wordEdit(tokens, token, i);
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

/** Words that PostgreSQL spells otherwise, where they stand for themselves. */
const SPELLED: Readonly<Record<string, string>> = {
  minus: 'except',
  sysdate: 'pg_catalog.now()::timestamp',
};
/** Types of a cast. */
const CAST_TYPES: Readonly<Record<string, string>> = { super: `${OWN_SCHEMA}.super`, nvarchar: 'varchar' };
const CALLS: Readonly<Record<string, string>> = { nvl: 'coalesce' };
/** Their first argument is a word, not a value. */
const TAKES_DATE_PART = new Set(['dateadd', 'datediff', 'date_part', 'date_trunc']);

function wordEdit(tokens: readonly Token[], token: Token, i: number): readonly Edit[] {
  const { value, at, end } = token;
  const replace = (text: string | undefined): readonly Edit[] =>
    text === undefined ? [] : [{ at, end, text }];
  if (value.startsWith('#')) return replace(`"${value}"`);
  const before = tokens[i - 1];
  const isCall = isSymbol(tokens[i + 1], '(');
  if (isSymbol(before, '::') || isCastTarget(tokens, i)) return replace(CAST_TYPES[value]);
  if (isSymbol(before, '(') && isVarchar(tokens[i - 2]))
    return replace(value === 'max' ? '65535' : undefined);
  if (
    isSymbol(before, '(') &&
    TAKES_DATE_PART.has(tokens[i - 2]?.value ?? '') &&
    isSymbol(tokens[i + 1], ',')
  )
    return replace(`'${value}'`);
  if (isSymbol(before, '.')) return catalogEdit(tokens, i);
  if (isCall && value in CALLS) return replace(CALLS[value]);
  if (!isCall && value in SPELLED && !isWord(before, 'as')) return replace(SPELLED[value]);
  return catalogEdit(tokens, i);
}

const isVarchar = (token: Token | undefined): boolean =>
  isWord(token, 'varchar', 'nvarchar', 'varying', 'char', 'nchar');

/** `cast(… as super)`; `select … as super` names a column. */
function isCastTarget(tokens: readonly Token[], i: number): boolean {
  const next = tokens[i + 1];
  return isWord(tokens[i - 1], 'as') && (isSymbol(next, ')') || isSymbol(next, '(')) && insideCast(tokens, i);
}

function insideCast(tokens: readonly Token[], i: number): boolean {
  let depth = 0;
  for (let j = i - 1; j > 0; j--) {
    if (isSymbol(tokens[j], ')')) depth += 1;
    if (isSymbol(tokens[j], '(') && depth-- === 0) return isWord(tokens[j - 1], 'cast');
  }
  return false;
}

const CATALOGS = new Set(['pg_catalog', 'information_schema']);

/** Relations and functions of the catalog, with their schema or without, are found in ours. */
function catalogEdit(tokens: readonly Token[], i: number): readonly Edit[] {
  const token = tokens[i];
  if (!token) return [];
  const { value, at, end } = token;
  const schema = isSymbol(tokens[i - 1], '.') ? tokens[i - 2] : undefined;
  if (schema ? !CATALOGS.has(schema.value) : isSymbol(tokens[i - 1], '.')) return [];
  const owned = [{ at: schema?.at ?? at, end, text: `${OWN_SCHEMA}.${value}` }];
  if (isSymbol(tokens[i + 1], '(')) return OWN_FUNCTIONS.has(value) ? owned : [];
  if (!OWN_RELATIONS.has(value)) return [];
  if (schema) return NEEDS_SCHEMA.has(value) === (schema.value === 'information_schema') ? owned : [];
  return !NEEDS_SCHEMA.has(value) && !isSymbol(tokens[i + 1], '.') && isPlace(tokens, i) ? owned : [];
}

/** Where a relation is named, not a column or an alias. */
const BEFORE_RELATION = new Set(['from', 'join', 'into', 'update', 'table', 'using', 'only']);

function isPlace(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  return before !== undefined && (isSymbol(before, ',') || BEFORE_RELATION.has(before.value));
}
