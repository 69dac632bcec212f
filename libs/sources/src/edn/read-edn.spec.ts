import { parseEDNString, toEDNString } from 'edn-data';
import type { EDNVal } from 'edn-data/dist/types.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentSyntaxError, placeOf } from '../document/document-node.ts';
import type { DocumentNode } from '../document/document-node.ts';
import { readEdn } from './read-edn.ts';

/** A node the way edn-data says it. */
function plain(node: DocumentNode): unknown {
  switch (node.kind) {
    case 'map':
      return { map: node.entries.map(({ key, value }) => [plain(key), plain(value)]) };
    case 'vector':
      return node.items.map(plain);
    case 'list':
    case 'set':
      return { [node.kind]: node.items.map(plain) };
    case 'tagged':
      return { tag: node.tag, val: plain(node.value) };
    case 'keyword':
      return { key: node.name };
    case 'symbol':
      return { sym: node.name };
    case 'char':
      return { char: node.value };
    case 'nil':
      return null;
    case 'integer':
      return Number(node.value);
    case 'string':
    case 'decimal':
    case 'boolean':
      return node.value;
  }
}

const name = fc.stringMatching(/^[a-z*!_?$%&=<>][A-Za-z0-9*!_?$%&=<>.+-]{0,6}$/).filter(isNoWord);
const fullName = fc.oneof(
  name,
  fc.tuple(name, name).map(([space, local]) => `${space}/${local}`),
);
function isNoWord(word: string): boolean {
  return !['nil', 'true', 'false'].includes(word);
}
const scalar = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '"', '\\', '\n', '\t', '😀', ';', '{') }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).filter((n) => n % 1 !== 0),
  fc.boolean(),
  fc.constant(null),
  fullName.map((key) => ({ key })),
  fullName.map((sym) => ({ sym })),
  // edn-data misreads the characters that are brackets, quotes or backslashes; the table below has those.
  fc.constantFrom('a', 'é', '7').map((char) => ({ char })),
);
const document = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }).map((list) => ({ list })),
    fc.uniqueArray(fc.integer(), { maxLength: 4 }).map((set) => ({ set })),
    fc.tuple(name, tie('value')).map(([tag, val]) => ({ tag: `my${tag}`, val })),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([key]) => key })
      .map((entries) => ({ map: entries.map(([key, value]) => [{ key }, value]) })),
  ),
})).value;

describe('reading EDN', () => {
  it('reads every valid document as edn-data does', () => {
    fc.assert(
      fc.property(document, (value) => {
        const text = toEDNString(value as EDNVal);
        expect(plain(readEdn(text))).toEqual(parseEDNString(text));
      }),
      { numRuns: 500 },
    );
  });

  it('takes white space, commas, comments and discarded values between any two values', () => {
    const noise = fc.constantFrom(' ', ',', '\n', '; a comment ] }\n', '#_ {:a [1]} ', '#_ #_ 1 2 ');
    fc.assert(
      fc.property(fc.array(noise, { minLength: 1, maxLength: 4 }), (parts) => {
        const gap = ` ${parts.join('')}`;
        const text = `${gap}{${gap}:a${gap}[${gap}1${gap}"x"${gap}]${gap}}${gap}`;
        expect(plain(readEdn(text))).toEqual({ map: [[{ key: 'a' }, [1, 'x']]] });
      }),
    );
  });

  it('never throws anything but a syntax error, whatever the text', () => {
    const junk = fc.string({
      unit: fc.constantFrom(...Array.from('{}[]()#_"\\:;,aN1.-/ \n^')),
      maxLength: 40,
    });
    fc.assert(
      fc.property(junk, (text) => {
        expect(['a value', 'a syntax error']).toContain(outcomeOf(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, unknown]>([
    ['12N', 12],
    ['+7', 7],
    ['-0.5e3', -500],
    ['1.25M', 1.25],
    ['"tab\\tquote\\"back\\\\ \\u0041"', 'tab\tquote"back\\ A'],
    ['"two\nlines"', 'two\nlines'],
    ['#inst "2026-01-01T00:00:00Z"', { tag: 'inst', val: '2026-01-01T00:00:00Z' }],
    ['[\\newline \\u0041 \\{ \\"]', [{ char: '\n' }, { char: 'A' }, { char: '{' }, { char: '"' }]],
    ['uswitch.blueshift/reporter', { sym: 'uswitch.blueshift/reporter' }],
    ['/', { sym: '/' }],
    ['[- + .. a#b]', [{ sym: '-' }, { sym: '+' }, { sym: '..' }, { sym: 'a#b' }]],
  ])('reads %s', (text, value) => {
    expect(plain(readEdn(text))).toEqual(value);
  });

  it('keeps integers of any size exactly', () => {
    expect(readEdn('123456789012345678901234567890N')).toMatchObject({
      value: 123456789012345678901234567890n,
    });
  });

  it.each<[string, string, number, number]>([
    ['', 'expected a value, found an empty document', 1, 1],
    ['{:a 1', 'expected `}` for the map that starts here', 1, 1],
    ['{:a [1 2}', 'expected a value or `]`, found `}`', 1, 9],
    ['[1\n (2]', 'expected a value or `)`, found `]`', 2, 4],
    ['{:a 1\n :b}', 'expected a value for :b before the end of the map', 2, 2],
    ['{:a 1, :b 2, :a 3}', ':a appears twice', 1, 14],
    ['{[1] 1 (1) 2}', 'the value that starts here appears twice', 1, 8],
    ['#{1 2 1}', 'the value that starts here appears twice', 1, 7],
    ['{:a 1} {:b 2}', 'expected the end of the document, found `{`', 1, 8],
    ['"abc', 'expected `"` for the string that starts here', 1, 1],
    ['["\\d+"]', 'no such escape in a string', 1, 3],
    ['"\\u00g1"', 'expected four hexadecimal digits', 1, 2],
    ['[1 #_ ]', 'expected a value to discard after #_', 1, 4],
    ['#_', 'expected a value to discard after #_', 1, 1],
    ['007', 'starts with `0`', 1, 1],
    ['1/2', 'starts with `1`', 1, 1],
    ['1.', 'starts with `1`', 1, 1],
    ['::local', 'starts with `:`', 1, 1],
    [':', 'starts with `:`', 1, 1],
    ['a/b/c', 'starts with `a`', 1, 1],
    ["'quoted", "`'` is Clojure, not EDN", 1, 1],
    ['^:meta x', '`^` is Clojure, not EDN', 1, 1],
    ['#"regex"', 'expected a set #{…} or a #tag, found # and `"`', 1, 1],
    ['#(inc %)', 'found # and `(`', 1, 1],
    ['#:ns{:a 1}', 'found # and `:`', 1, 1],
    ['##Inf', 'found # and `#`', 1, 1],
    ['#tag', 'expected a value after the tag', 1, 1],
    [']', 'expected a value, found `]`', 1, 1],
    ['\\nosuchname', 'expected a character such as', 1, 1],
    ['[\\ ]', 'expected a character such as', 1, 2],
    ['['.repeat(65), 'nested deeper than 64 levels', 1, 66],
    [`${'#_'.repeat(70)} 1`, 'nested deeper than 64 levels', 1, 131],
  ])('refuses %j', (text, message, line, column) => {
    const error = errorOf(text);
    expect(error.message).toContain(message);
    expect(placeOf(text, error.at)).toEqual({ line, column });
  });

  it('counts lines of every line ending', () => {
    const text = '{:a 1\r\n :b 2\r :c 3\n :d}';
    expect(placeOf(text, errorOf(text).at)).toEqual({ line: 4, column: 2 });
  });

  it('repeats one character of the text at most, since a secret may stand in the wrong place', () => {
    for (const text of [
      '{:password hunter/2/x}',
      '{:password "hunter2',
      '{hunter2 1 hunter2 2}',
      '"a" hunter2',
    ])
      expect(errorOf(text).message).not.toContain('unter');
  });
});

function outcomeOf(text: string): string {
  try {
    readEdn(text);
    return 'a value';
  } catch (thrown) {
    return thrown instanceof DocumentSyntaxError ? 'a syntax error' : String(thrown);
  }
}

function errorOf(text: string): DocumentSyntaxError {
  try {
    readEdn(text);
  } catch (thrown) {
    if (thrown instanceof DocumentSyntaxError) return thrown;
    throw thrown;
  }
  throw new Error(`read without an error: ${text}`);
}
