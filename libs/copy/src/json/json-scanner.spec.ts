import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocuments } from './read-documents.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** One byte changed, taken out or put in; bytes that mean something in JSON come up often. */
const mutation = fc.record({
  at: fc.nat(),
  take: fc.nat({ max: 1 }),
  put: fc.option(
    fc.oneof(
      fc.constantFrom(...'{}[]",:\\u0123eE+-.tnf \n\t\r\0\u0001/aA').map((c) => c.charCodeAt(0)),
      fc.nat(255),
    ),
    { nil: undefined },
  ),
});

function mutate(
  bytes: Buffer,
  { at, take, put }: { at: number; take: number; put: number | undefined },
): Buffer {
  const from = 1 + (at % Math.max(1, bytes.length - 2));
  const middle = put === undefined ? [] : [put];
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(middle), bytes.subarray(from + take)]);
}

const document = fc
  .tuple(
    fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
    fc.nat({ max: 2 }),
  )
  .map(([value, indent]) => Buffer.from(JSON.stringify(value, null, indent)));

describe('malformed JSON', () => {
  it('is what JSON.parse calls malformed, byte for byte', () => {
    fc.assert(
      fc.property(document, fc.array(mutation, { minLength: 1, maxLength: 3 }), (bytes, mutations) => {
        const mutated = mutations.reduce(mutate, bytes);
        const text = mutated.toString('utf8');
        // bytes that are no UTF-8 reach JSON.parse as other bytes; that is for the converters to judge
        fc.pre(Buffer.from(text).equals(mutated) && text.startsWith('{'));
        const rows = readDocuments(mutated, { columns: ['a'] });
        const one = rows.accepted.length === 1 && rows.rejected.length === 0;
        // two documents side by side are fine here and malformed for JSON.parse
        fc.pre(rows.accepted.length < 2);
        expect(one).toBe(parses(text));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    '{"a":01}',
    '{"a":.5}',
    '{"a":5.}',
    '{"a":+5}',
    '{"a":-}',
    '{"a":1e}',
    '{"a":NaN}',
    '{"a":tru}',
    '{"a":nul1}',
    "{'a':1}",
    '{a:1}',
    '{"a":1,}',
    '{"a" 1}',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":[}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\t"}',
    '{"a":{"b":1]}',
    '{,}',
    '{"a":1 "b":2}',
    '{"a":\f1}',
  ])('%j is refused', (text) => {
    expect(parses(text)).toBe(false);
    expect(readDocuments(text)).toMatchObject({ accepted: [], rejected: [{ line: 1, code: 1216 }] });
  });
});
