import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitStatements, textOf } from './statement.ts';
import { tokenize, UnclosedToken } from './tokenize.ts';

const raws = (sql: string): string[] => tokenize(sql).map(({ raw }) => raw);

describe('tokenize', () => {
  it.each<[string, string, readonly string[]]>([
    ['words, names in quotes, numbers', 'Select "A""b" 1.5e-3 .5', ['Select', '"A""b"', '1.5e-3', '.5']],
    [
      'texts with doubled and escaped quotes',
      String.raw`'a''b' 'c\'d' 'e\\'`,
      ["'a''b'", String.raw`'c\'d'`, String.raw`'e\\'`],
    ],
    ['texts between dollars', 'as $$ a; b $$ $x$ $$ $x$ $1', ['as', '$$ a; b $$', '$x$ $$ $x$', '$1']],
    ['comments, nested ones too', 'a /* b /* c */ d */ e -- f\n g', ['a', 'e', 'g']],
    ['operators, which end before a comment', 'a::b<>c->>d -- e', ['a', '::', 'b', '<>', 'c', '->>', 'd']],
    ['each bracket by itself', 'f(a[1],(b))', ['f', '(', 'a', '[', '1', ']', ',', '(', 'b', ')', ')']],
    ['names that begin with #', 'from #tmp, s.#tmp', ['from', '#tmp', ',', 's', '.', '#tmp']],
    ['letters beyond ASCII', 'straße, Ñ', ['straße', ',', 'Ñ']],
  ])('%s', (_what, sql, expected) => {
    expect(raws(sql)).toEqual(expected);
  });

  it.each(["select 'a", 'select "a', 'select /* /* */', 'select $a$ $$'])(
    'says what is not closed: %s',
    (sql) => {
      expect(() => tokenize(sql)).toThrow(UnclosedToken);
    },
  );

  it('covers every character that is not white space or comment, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sql) => {
        let tokens;
        try {
          tokens = tokenize(sql);
        } catch (thrown) {
          return expect(thrown).toBeInstanceOf(UnclosedToken);
        }
        let at = 0;
        for (const token of tokens) {
          expect(token.at).toBeGreaterThanOrEqual(at);
          expect(token.end).toBeGreaterThan(token.at);
          expect(sql.slice(token.at, token.end)).toBe(token.raw);
          at = token.end;
        }
      }),
    );
  });
});

describe('splitStatements', () => {
  it('cuts at semicolons that are no part of a text, a name or a comment', () => {
    const statements = splitStatements(`;select ';' ; "a;b" -- ;\n /* ; */ c;;$$;$$`);
    expect(statements.map(textOf)).toEqual(["select ';'", '"a;b" -- ;\n /* ; */ c', '$$;$$']);
  });

  it('finds nothing in nothing', () => {
    expect(splitStatements(' ; -- a\n ;')).toEqual([]);
  });
});
