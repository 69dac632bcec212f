import { describe, expect, it } from 'vitest';
import { compilePattern } from './data-pattern.ts';

function matches(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  if (compiled.kind === 'problem') throw new Error(compiled.message);
  return compiled.pattern.matches(text);
}

describe('a data pattern', () => {
  it.each<[string, string, boolean]>([
    ['.*tsv$', 'dir/a.tsv', true],
    ['.*tsv$', 'dir/a.tsv.gz', false],
    ['a', 'ab', false],
    ['a|ab', 'ab', true],
    ['a.*', 'ba', false],
    ['(?i)dir/.*\\.CSV', 'dir/x.csv', true],
    ['dir/\\d{4}-\\d{2}/[^/]+\\.csv\\.gz', 'dir/2026-11/é x+%2B=.csv.gz', true],
    ['\\Qa+b\\E.*', 'a+b.csv', true],
    ['\\p{L}+\\.csv', 'ñé.csv', true],
    ['[[:alpha:]]+', 'abc', true],
    ['[*+]+x', '*+x', true],
    ['[\\[\\]]+', '[]', true],
    ['\\++', '++', true],
    ['a{2}', 'aa', true],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it.each([
    ['a(?=b)', 'lookahead and lookbehind are not supported'],
    ['(?<!a)b', 'lookahead and lookbehind are not supported'],
    ['(?>a)', 'write (?:…)'],
    ['a*+b', 'possessive quantifiers'],
    ['.++', 'possessive quantifiers'],
    ['a{2,3}+', 'possessive quantifiers'],
    ['(a)\\1', 'references to a group'],
    ['(?<x>a)\\k<x>', 'references to a group'],
    ['.*\\Z', 'leave it out'],
    ['[a-z&&[^b]]', 'class intersections'],
    ['[a[bc]]', 'a class inside a class'],
    ['[[a]b]', 'a class inside a class'],
    ['a**', 'invalid nested repetition operator'],
    ['*a', 'missing argument to repetition operator'],
    ['(a', 'missing closing )'],
    ['[a', 'missing closing ]'],
    ['x{1001}', 'invalid repeat count'],
    ['((a{1000}){1000})', 'invalid repeat count'],
    ['a'.repeat(2_001), '2001 characters; at most 2000'],
  ])('%s is refused', (pattern, problem) => {
    expect(compilePattern(pattern)).toMatchObject({ message: expect.stringContaining(problem) });
  });

  it('shows a short piece of a pattern that is wrong, and never a long one', () => {
    expect(compilePattern('a**b')).toMatchObject({ message: expect.stringContaining('`**`') });
    expect(compilePattern('(planted-secret')).toEqual({ kind: 'problem', message: 'missing closing )' });
  });

  it('matches in linear time where a backtracking engine never ends', () => {
    expect(matches('(a+)+b', 'a'.repeat(1_024))).toBe(false);
    expect(matches('(a|aa|a*)*c', 'a'.repeat(1_024))).toBe(false);
  });
});
