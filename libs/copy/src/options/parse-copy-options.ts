import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import type { CopyFormat, CopyOptions } from '../copy-options.ts';
import { refuseContradictions } from './contradictions.ts';
import { GivenOptions } from './given-options.ts';
import { CLAUSES } from './option-clauses.ts';
import { OptionCursor } from './option-cursor.ts';
import type { CopyOptionProblem } from './option-cursor.ts';

export type ParsedCopyOptions =
  | { readonly kind: 'options'; readonly options: CopyOptions }
  | { readonly kind: 'problems'; readonly problems: readonly CopyOptionProblem[] };

/**
 * Reads everything that may follow the authorization of a COPY: options in any order and case, with or
 * without AS; a manifest's list of options is joined by spaces. All problems are reported, not the first.
 */
export function parseCopyOptions(text: string): ParsedCopyOptions {
  const cursor = new OptionCursor(text);
  const given = new GivenOptions(cursor);
  while (!cursor.done) readClause(given);
  refuseContradictions(given);
  const options = assemble(given);
  return cursor.problems.length === 0
    ? { kind: 'options', options }
    : { kind: 'problems', problems: [...cursor.problems].sort((a, b) => a.position - b.position) };
}

function readClause(given: GivenOptions): void {
  const { cursor } = given;
  const at = cursor.at;
  const word = cursor.peekWord();
  const clause = word === undefined ? undefined : CLAUSES.get(word);
  if (word === 'WITH') {
    cursor.skip();
    if (cursor.peekWord() !== 'CREDENTIALS') cursor.problem('WITH may only stand before CREDENTIALS', at);
    return;
  }
  if (word === undefined || clause === undefined) return cursor.refuseToken();
  cursor.skip();
  given.see(word, clause.group ?? word, at);
  clause.read(given, word);
}

function assemble(given: GivenOptions): CopyOptions {
  const credentials = given.toCredentials();
  return {
    ...DEFAULT_COPY_OPTIONS,
    ...given.patch,
    format: assembleFormat(given),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

function assembleFormat(given: GivenOptions): CopyFormat {
  const { format, delimiter, quote } = given;
  if (format === undefined)
    return {
      kind: 'Delimited',
      delimiter: delimiter ?? '|',
      escape: given.has('ESCAPE'),
      removeQuotes: given.has('REMOVEQUOTES'),
    };
  if (format.kind !== 'Csv') return format;
  return { kind: 'Csv', delimiter: delimiter ?? format.delimiter, quote: quote ?? format.quote };
}
