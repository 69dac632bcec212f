/** The options that say how a file is laid out (reference/redshift-copy.md §2). */
import type { CopyFormat, JsonPaths } from '../copy-options.ts';
import type { GivenOptions } from './given-options.ts';
import { isAsciiText, readCharacters } from './literal-characters.ts';
import type { Clause } from './clause.ts';

const FORMAT_WORDS = ['CSV', 'FIXEDWIDTH', 'JSON', 'AVRO', 'PARQUET', 'ORC', 'DELIMITER'];

export const FORMAT_CLAUSES: Readonly<Record<string, Clause>> = {
  AVRO: { group: 'format', read: (given) => readPaths(given, 'Avro') },
  CSV: {
    group: 'format',
    read: (given) => void (given.format = { kind: 'Csv', delimiter: ',', quote: '"' }),
  },
  DELIMITER: { read: readDelimiter },
  ENCRYPTED: { read: ({ patch }) => void (patch.encrypted = true) },
  ESCAPE: { read: () => undefined },
  FIXEDWIDTH: { group: 'format', read: readFixedWidth },
  FORMAT: { read: readFormat },
  JSON: { group: 'format', read: (given) => readPaths(given, 'Json') },
  ORC: { group: 'format', read: (given) => void (given.format = { kind: 'Orc' }) },
  PARQUET: { group: 'format', read: (given) => void (given.format = { kind: 'Parquet' }) },
  QUOTE: { read: readQuote },
  REMOVEQUOTES: { read: () => undefined },
};

/** FORMAT AS only announces the word that follows, which is read as an option of its own. */
function readFormat({ cursor }: GivenOptions): void {
  cursor.takeWord('AS');
  const word = cursor.peekWord();
  if (word === undefined || !FORMAT_WORDS.includes(word))
    cursor.problem('FORMAT must be followed by CSV, FIXEDWIDTH, JSON, AVRO, PARQUET or ORC');
}

function readPaths(given: GivenOptions, kind: 'Json' | 'Avro'): void {
  const { cursor } = given;
  const at = cursor.at;
  const isGiven = cursor.takeWord('AS') !== undefined || cursor.peekText();
  const text = isGiven ? cursor.takeText(kind.toUpperCase()) : 'auto';
  given.format = { kind, paths: { kind: 'Auto', ignoreCase: false } };
  if (text === undefined) return;
  const paths = parsePaths(text);
  if (paths === undefined || (kind === 'Avro' && paths.kind === 'NoShred'))
    cursor.problem(`${kind.toUpperCase()} takes 'auto', 'auto ignorecase' or 's3://bucket/key'`, at);
  else given.format = { kind, paths };
}

function parsePaths(text: string): JsonPaths | undefined {
  if (/^s3:\/\/[^/]+\/.+$/s.test(text)) return { kind: 'At', url: text };
  switch (text.trim().toLowerCase().replace(/\s+/g, ' ')) {
    case 'auto':
      return { kind: 'Auto', ignoreCase: false };
    case 'auto ignorecase':
      return { kind: 'Auto', ignoreCase: true };
    case 'noshred':
      return { kind: 'NoShred' };
  }
  return undefined;
}

function readFixedWidth(given: GivenOptions): void {
  const { cursor } = given;
  given.format = { kind: 'FixedWidth', fields: [] };
  const at = cursor.at;
  const text = cursor.takeText('FIXEDWIDTH');
  if (text === undefined) return;
  const fields = text.split(',').map(parseWidth);
  if (fields.every((field) => field !== undefined)) given.format = { kind: 'FixedWidth', fields };
  else cursor.problem("FIXEDWIDTH takes 'label:width,label:width,…' with widths of at least 1", at);
}

type Width = Extract<CopyFormat, { kind: 'FixedWidth' }>['fields'][number];

function parseWidth(part: string): Width | undefined {
  const match = /^([^:,]*):\s*([1-9]\d{0,8})\s*$/.exec(part);
  return match ? { label: (match[1] ?? '').trim(), width: Number(match[2]) } : undefined;
}

function readDelimiter(given: GivenOptions): void {
  const { cursor } = given;
  cursor.takeWord('AS');
  const at = cursor.at;
  const text = cursor.takeText('DELIMITER');
  if (text === undefined) return;
  const delimiter = readCharacters(text);
  if (isAsciiText(delimiter, { most: 16 }) && !/[\r\n]/.test(delimiter)) given.delimiter = delimiter;
  else cursor.problem('DELIMITER takes 1 to 16 ASCII characters, no line ends', at);
}

function readQuote(given: GivenOptions): void {
  const { cursor } = given;
  cursor.takeWord('AS');
  const at = cursor.at;
  const text = cursor.takeText('QUOTE');
  if (text === undefined) return;
  const quote = readCharacters(text);
  if (isAsciiText(quote, { most: 1 }) && !/[\r\n]/.test(quote)) given.quote = quote;
  else cursor.problem('QUOTE takes one ASCII character, no line end', at);
}
