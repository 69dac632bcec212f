/** What EDN, JSON and YAML documents have in common, with the place of every value for error messages. */
export type DocumentNode = { readonly at: number } & (
  | { readonly kind: 'map'; readonly entries: readonly MapEntry[] }
  | { readonly kind: 'vector' | 'list' | 'set'; readonly items: readonly DocumentNode[] }
  | { readonly kind: 'tagged'; readonly tag: string; readonly value: DocumentNode }
  | { readonly kind: 'string' | 'char'; readonly value: string }
  /** without its colon, e.g. `pk-columns` or `ns/name` */
  | { readonly kind: 'keyword' | 'symbol'; readonly name: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  /** a JavaScript number: digits beyond its precision are lost */
  | { readonly kind: 'decimal'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'nil' }
);

export type MapEntry = { readonly key: DocumentNode; readonly value: DocumentNode };
export type MapNode = Extract<DocumentNode, { readonly kind: 'map' }>;

/** A document's depth of nesting; deeper ones are refused, so that no reader runs out of stack. */
export const DEPTH_MAX = 64;
/** bytes of a whole document */
export const DOCUMENT_BYTES_MAX = 1_048_576;

/**
 * The one thing that makes a text no document. Its message never repeats more than one character of the
 * text.
 */
export class DocumentSyntaxError extends Error {
  /** offset into the text, in UTF-16 units */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'DocumentSyntaxError';
    this.at = at;
  }
}

/** Line and column of an offset, both from 1; columns count UTF-16 units. */
export function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Two nodes have the same text when they are the same value: sets and maps compare without order. */
export function valueText(node: DocumentNode): string {
  switch (node.kind) {
    case 'map': {
      const pairs = node.entries.map((entry) => `${valueText(entry.key)} ${valueText(entry.value)}`);
      return `{${pairs.toSorted().join(',')}}`;
    }
    case 'set':
      return `#{${node.items.map(valueText).toSorted().join(' ')}}`;
    // Clojure holds a list and a vector of equal items to be equal.
    case 'vector':
    case 'list':
      return `[${node.items.map(valueText).join(' ')}]`;
    case 'tagged':
      return `#${node.tag} ${valueText(node.value)}`;
    case 'keyword':
      return `:${node.name}`;
    case 'symbol':
      return node.name;
    case 'nil':
      return 'nil';
    case 'string':
    case 'char':
    case 'integer':
    case 'decimal':
    case 'boolean':
      return `${node.kind} ${JSON.stringify(String(node.value))}`;
  }
}

/** What a person calls a value of this kind. */
export function kindName(node: DocumentNode): string {
  return NAMES[node.kind];
}

const NAMES: Readonly<Record<DocumentNode['kind'], string>> = {
  map: 'a map',
  vector: 'a list',
  list: 'a list in round brackets',
  set: 'a set',
  tagged: 'a tagged value',
  string: 'a string',
  char: 'a character',
  keyword: 'a keyword',
  symbol: 'a symbol',
  integer: 'a whole number',
  decimal: 'a decimal number',
  boolean: 'a boolean',
  nil: 'nothing (nil)',
};
