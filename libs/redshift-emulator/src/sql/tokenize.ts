/**
 * SQL as tokens, with Redshift's spelling: in an ordinary text a backslash escapes the next character
 * (Redshift has no `standard_conforming_strings`), comments nest, and a name may begin with `#`, which makes
 * a table temporary.
 */
export type Token = {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'parameter' | 'symbol';
  /** as written */
  readonly raw: string;
  /** word: in lower case; quoted, text: without quotes, undoubled, backslashes as written; else as written */
  readonly value: string;
  /** UTF-16 units from 0 */
  readonly at: number;
  readonly end: number;
};

export class UnclosedToken extends Error {
  readonly at: number;

  constructor(what: string, at: number) {
    super(`unterminated ${what}`);
    this.name = 'UnclosedToken';
    this.at = at;
  }
}

const SPACE = /(?:\s+|--[^\n]*)/y;
const WORD = /#?[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const PARAMETER = /\$\d+/y;
const DOLLAR = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const TEXT = /'(?:[^'\\]|''|\\[^])*'/y;
const QUOTED = /"(?:[^"]|"")*"/y;
/** `::`, `:=`, and runs of operator characters; a run ends before a comment */
const SYMBOL = /::|:=|(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?])+|[^]/y;

/** @throws UnclosedToken */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const space = length(SPACE, sql, at);
    if (space > 0) at += space;
    else if (sql.startsWith('/*', at)) at = afterComment(sql, at);
    else {
      const token = readToken(sql, at);
      tokens.push(token);
      at = token.end;
    }
  }
  return tokens;
}

function readToken(sql: string, at: number): Token {
  const head = sql[at];
  if (head === "'") return delimited(sql, at, 'text', TEXT);
  if (head === '"') return delimited(sql, at, 'quoted', QUOTED);
  if (head === '$') return readDollar(sql, at);
  const word = length(WORD, sql, at);
  if (word > 0) return wordOrSymbol(sql, at, word);
  const number = length(NUMBER, sql, at);
  if (number > 0) return plain('number', sql, at, number);
  return plain('symbol', sql, at, length(SYMBOL, sql, at));
}

/** `a #b` is the operator of exclusive or where a name would make no sense: after a value. */
function wordOrSymbol(sql: string, at: number, size: number): Token {
  const isName = sql[at] !== '#' || !/[\w)\]"']\s*$/.test(sql.slice(Math.max(0, at - 1), at));
  if (!isName) return plain('symbol', sql, at, 1);
  const raw = sql.slice(at, at + size);
  return { kind: 'word', raw, value: raw.toLowerCase(), at, end: at + size };
}

function delimited(sql: string, at: number, kind: 'text' | 'quoted', shape: RegExp): Token {
  const size = length(shape, sql, at);
  if (size === 0) throw new UnclosedToken(kind === 'text' ? 'quoted string' : 'quoted identifier', at);
  const raw = sql.slice(at, at + size);
  const quote = raw[0] ?? '';
  return { kind, raw, value: raw.slice(1, -1).replaceAll(quote + quote, quote), at, end: at + size };
}

function readDollar(sql: string, at: number): Token {
  const parameter = length(PARAMETER, sql, at);
  if (parameter > 0) return plain('parameter', sql, at, parameter);
  const tagSize = length(DOLLAR, sql, at);
  if (tagSize === 0) return plain('symbol', sql, at, 1);
  const close = sql.indexOf(sql.slice(at, at + tagSize), at + tagSize);
  if (close < 0) throw new UnclosedToken('dollar-quoted string', at);
  const end = close + tagSize;
  return { kind: 'text', raw: sql.slice(at, end), value: sql.slice(at + tagSize, close), at, end };
}

function plain(kind: Token['kind'], sql: string, at: number, size: number): Token {
  const raw = sql.slice(at, at + size);
  return { kind, raw, value: raw, at, end: at + size };
}

function afterComment(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i < sql.length; i++) {
    if (sql.startsWith('/*', i)) {
      depth++;
      i++;
    } else if (sql.startsWith('*/', i)) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  throw new UnclosedToken('/* comment', at);
}

function length(shape: RegExp, sql: string, at: number): number {
  shape.lastIndex = at;
  return shape.exec(sql)?.[0].length ?? 0;
}
