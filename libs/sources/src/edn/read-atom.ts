import type { DocumentNode } from '../document/document-node.ts';
import type { TextCursor } from '../document/text-cursor.ts';

const INTEGER = /^[+-]?(?:0|[1-9]\d*)N?$/;
const DECIMAL = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?M?$/;
/** A symbol's part before or after the slash; `+`, `-` and `.` may not be followed by a digit. */
const PART = '(?:[A-Za-z*!_?$%&=<>|]|[+\\-.](?![0-9]))[A-Za-z0-9.*+!\\-_?$%&=<>|:#]*';
const NAME = new RegExp(`^(?:${PART}/)?${PART}$|^/$`);
/** Clojure lets a keyword's name start with a digit; EDN does not, and neither do we. */
const TOKEN = /[^\s,;()[\]{}"\\]*/y;
const CLOJURE_ONLY = /['@^`~]/;

/** Numbers, booleans, nil, keywords and symbols: everything that ends at white space or a bracket. */
export function readAtom(cursor: TextCursor): DocumentNode {
  const at = cursor.at;
  if (CLOJURE_ONLY.test(cursor.here)) cursor.fail(`${cursor.found} is Clojure, not EDN; expected a value`);
  const found = cursor.found;
  const token = cursor.take(TOKEN);
  if (token === '') cursor.fail(`expected a value, found ${found}`, at);
  return (
    namedValue(token, at) ??
    readNumber(token, at) ??
    readName(token, at) ??
    cursor.fail(`expected a value, found something that starts with ${found} and is none`, at)
  );
}

function namedValue(token: string, at: number): DocumentNode | undefined {
  if (token === 'nil') return { kind: 'nil', at };
  if (token === 'true' || token === 'false') return { kind: 'boolean', at, value: token === 'true' };
  return undefined;
}

function readNumber(token: string, at: number): DocumentNode | undefined {
  if (INTEGER.test(token))
    return { kind: 'integer', at, value: BigInt(token.replace(/^\+/, '').replace(/N$/, '')) };
  if (DECIMAL.test(token)) return { kind: 'decimal', at, value: Number(token.replace(/M$/, '')) };
  return undefined;
}

function readName(token: string, at: number): DocumentNode | undefined {
  const isKeyword = token.startsWith(':');
  const name = isKeyword ? token.slice(1) : token;
  if (!NAME.test(name) || (isKeyword && name === '/')) return undefined;
  return { kind: isKeyword ? 'keyword' : 'symbol', at, name };
}
