import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, ErrorCode, Node, Pair, YAMLMap } from 'yaml';
import { DEPTH_MAX, DocumentSyntaxError } from './document-node.ts';
import type { DocumentNode, MapEntry } from './document-node.ts';

/**
 * YAML 1.2 (core schema), without anchors, aliases and tags: a manifest needs none, and aliases let a small
 * file grow without bound. The yaml package's own messages repeat the text, so only their codes are used.
 * @throws DocumentSyntaxError
 */
export function readYaml(text: string): DocumentNode {
  const document = parse(text);
  const [error] = [...document.errors, ...document.warnings];
  if (error) throw new DocumentSyntaxError(SENTENCES[error.code] ?? OTHERWISE, error.pos[0]);
  if (!document.contents) throw new DocumentSyntaxError('expected a value, found an empty document', 0);
  return toNode(document.contents, 1);
}

function parse(text: string): Document.Parsed {
  const options = { prettyErrors: false, intAsBigInt: true, stringKeys: false };
  return parseDocument(text, { ...options, uniqueKeys: true, merge: false, logLevel: 'error' });
}

const OTHERWISE = 'not valid YAML from here on';
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'expected the same indentation as the lines before',
  TAB_AS_INDENT: 'a tab indents this line; YAML wants spaces',
  DUPLICATE_KEY: 'the key that starts here appears twice',
  MULTIPLE_DOCS: 'expected the end of the document, found a second one',
  MISSING_CHAR: 'expected a closing quote, bracket or comma',
  BAD_DQ_ESCAPE: 'no such escape in a double-quoted string; write \\\\ for a backslash, or use single quotes',
  UNEXPECTED_TOKEN: 'expected a value or the end of one; quote texts with special characters',
  TAG_RESOLVE_FAILED: 'tags (!…) are not supported',
  BAD_ALIAS: 'anchors and aliases are not supported; a text that starts with * or & needs quotes',
};

function toNode(node: Node, depth: number): DocumentNode {
  const at = node.range?.[0] ?? 0;
  if (depth > DEPTH_MAX) throw new DocumentSyntaxError(`nested deeper than ${DEPTH_MAX} levels`, at);
  if (isAlias(node) || node.anchor !== undefined)
    throw new DocumentSyntaxError(SENTENCES.BAD_ALIAS ?? OTHERWISE, at);
  if (node.tag !== undefined) throw new DocumentSyntaxError(SENTENCES.TAG_RESOLVE_FAILED ?? OTHERWISE, at);
  if (isMap(node)) return { kind: 'map', at, entries: toEntries(node, depth) };
  if (isSeq(node)) {
    const items = node.items.map((item) => toNode(item as Node, depth + 1));
    return { kind: 'vector', at, items };
  }
  return isScalar(node) ? toScalar(node.value, at) : { kind: 'nil', at };
}

function toEntries(map: YAMLMap, depth: number): MapEntry[] {
  return map.items.map((pair: Pair) => {
    const key = toNode(pair.key as Node, depth + 1);
    const value: DocumentNode = pair.value
      ? toNode(pair.value as Node, depth + 1)
      : { kind: 'nil', at: key.at };
    return { key, value };
  });
}

function toScalar(value: unknown, at: number): DocumentNode {
  if (typeof value === 'string') return { kind: 'string', at, value };
  if (typeof value === 'bigint') return { kind: 'integer', at, value };
  if (typeof value === 'number') return { kind: 'decimal', at, value };
  if (typeof value === 'boolean') return { kind: 'boolean', at, value };
  if (value === null) return { kind: 'nil', at };
  throw new DocumentSyntaxError('expected a text, number, boolean, list or map', at);
}
