import { ident, tableIdent } from '../sql/quote.ts';
import { isSymbol, isWord } from '../sql/statement.ts';
import type { Statement } from '../sql/statement.ts';
import { TokenCursor } from '../sql/token-cursor.ts';
import type { TableName } from '../sql/token-cursor.ts';
import { translate } from '../statements/translate.ts';
import { StatementError } from '../wire/server-message.ts';
import { readColumn, readReference } from './read-column.ts';
import type { Translate } from './read-column.ts';
import { TableFacts } from './table-facts.ts';

/** A CREATE TABLE, taken apart. */
export type TableDefinition = {
  readonly name: TableName;
  readonly isTemporary: boolean;
  readonly ifNotExists: boolean;
  readonly facts: TableFacts;
  /** for PostgreSQL */
  readonly sql: string;
};

/** @throws StatementError */
export function readTable(statement: Statement): TableDefinition {
  const cursor = new TokenCursor(statement);
  cursor.need('create');
  cursor.take('local');
  const isSaid = cursor.take('temp') || cursor.take('temporary');
  cursor.need('table');
  const ifNotExists = cursor.take('if', 'not', 'exists');
  const name = cursor.tableName();
  const isTemporary = isSaid || name.table.startsWith('#');
  const facts = new TableFacts();
  const say: Translate = (from, to) =>
    translate({ source: statement.source, tokens: statement.tokens.slice(from, to) });
  const items = isSymbol(cursor.peek(), '(') ? readItems(cursor, facts, say) : undefined;
  readTableAttributes(cursor, facts);
  const created = isTemporary ? 'create temporary table' : 'create table';
  const head = `${created} ${ifNotExists ? 'if not exists ' : ''}${tableIdent(name)}`;
  const body = items === undefined ? '' : ` (${items.join(', ')})`;
  const sql = `${head}${body}${readQuery(cursor, items !== undefined, say)}`;
  return { name, isTemporary, ifNotExists, facts, sql };
}

function readItems(cursor: TokenCursor, facts: TableFacts, say: Translate): string[] {
  cursor.needSymbol('(');
  const items: string[] = [];
  do {
    const item = readItem(cursor, facts, say);
    if (item !== undefined) items.push(item);
  } while (cursor.takeSymbol(','));
  cursor.needSymbol(')');
  const primary = facts.keys.find(({ kind }) => kind === 'p')?.columns ?? [];
  // the columns of a primary key are NOT NULL, which Redshift enforces
  return items.map((item) => (primary.some((name) => isNullable(item, name)) ? `${item} not null` : item));
}

const isNullable = (item: string, name: string): boolean =>
  item.startsWith(`${ident(name)} `) && !/ not null\b/.test(item);

function readItem(cursor: TokenCursor, facts: TableFacts, say: Translate): string | undefined {
  if (isWord(cursor.peek(), 'like')) return readLike(cursor, facts);
  // the names of a CREATE TABLE … AS
  const after = cursor.peek(1);
  if (isSymbol(after, ',') || isSymbol(after, ')')) return ident(cursor.name());
  const name = cursor.take('constraint') ? cursor.name() : undefined;
  if (readKey(cursor, name, facts)) return undefined;
  return readColumn(cursor, facts, say);
}

/** @returns false when no key stands here */
export function readKey(cursor: TokenCursor, name: string | undefined, facts: TableFacts): boolean {
  if (cursor.take('primary', 'key')) facts.keys.push({ name, kind: 'p', columns: cursor.names() });
  else if (isSymbol(cursor.peek(1), '(') && cursor.take('unique'))
    facts.keys.push({ name, kind: 'u', columns: cursor.names() });
  else if (cursor.take('foreign', 'key')) {
    const columns = cursor.names();
    cursor.need('references');
    facts.keys.push({ name, kind: 'f', columns, ...readReference(cursor) });
  } else return false;
  return true;
}

/** Distribution, sort keys and NOT NULL are inherited, keys are not (reference/redshift-copy.md §6). */
function readLike(cursor: TokenCursor, facts: TableFacts): string {
  cursor.need('like');
  const parent = tableIdent(cursor.tableName());
  facts.like = parent;
  const including = cursor.take('including', 'defaults');
  if (!including) cursor.take('excluding', 'defaults');
  return `like ${parent}${including ? ' including defaults including identity' : ''}`;
}

function readTableAttributes(cursor: TokenCursor, facts: TableFacts): void {
  while (!cursor.done && !isWord(cursor.peek(), 'as')) {
    if (cursor.take('backup')) {
      if (!cursor.take('yes')) cursor.need('no');
    } else if (cursor.take('diststyle')) facts.diststyle = readDistStyle(cursor);
    else if (cursor.take('distkey')) readDistKey(cursor, facts);
    else if (!cursor.take('encode', 'auto')) readSortKey(cursor, facts);
  }
  const distkeys = [...facts.columns.values()].filter(({ distkey }) => distkey === true).length;
  if (distkeys > 1) throw syntax('Cannot specify multiple distkeys.');
  if (facts.diststyle === 'KEY' && distkeys === 0) throw syntax('DISTSTYLE KEY needs a DISTKEY');
  if (facts.diststyle !== undefined && facts.diststyle !== 'KEY' && distkeys > 0)
    throw syntax(`DISTKEY cannot be used with DISTSTYLE ${facts.diststyle}`);
}

export function readDistStyle(cursor: TokenCursor): string {
  const style = cursor.name().toUpperCase();
  if (['AUTO', 'EVEN', 'KEY', 'ALL'].includes(style)) return style;
  throw syntax(`invalid DISTSTYLE "${style}"`);
}

function readDistKey(cursor: TokenCursor, facts: TableFacts): void {
  const [name, ...more] = cursor.names();
  if (name === undefined || more.length > 0) throw syntax('DISTKEY takes one column');
  facts.setDistKey(name);
}

export function readSortKey(cursor: TokenCursor, facts: TableFacts): void {
  const isInterleaved = cursor.take('interleaved');
  if (!isInterleaved) cursor.take('compound');
  cursor.need('sortkey');
  if (cursor.take('auto')) facts.sortstyle = 'AUTO';
  else facts.setSortKey(isInterleaved ? 'INTERLEAVED' : 'COMPOUND', cursor.names());
}

function readQuery(cursor: TokenCursor, hasItems: boolean, say: Translate): string {
  if (!isWord(cursor.peek(), 'as')) {
    if (!hasItems) cursor.need('as');
    return '';
  }
  const from = cursor.index;
  while (!cursor.done) cursor.skip();
  return ` ${say(from, cursor.index)}`;
}

function syntax(message: string): StatementError {
  return new StatementError({ sqlState: '42601', message });
}
