import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_BYTES_MAX } from './document-node.ts';
import type { DocumentNode } from './document-node.ts';
import { documentFormat, printProblem, readDocument } from './read-document.ts';
import type { DocumentFormat } from './read-document.ts';

function plain(node: DocumentNode): unknown {
  if (node.kind === 'map')
    return Object.fromEntries(node.entries.map(({ key, value }) => [plain(key), plain(value)]));
  if (node.kind === 'vector') return node.items.map(plain);
  if (node.kind === 'nil') return null;
  if (node.kind === 'integer') return Number(node.value);
  return 'value' in node ? node.value : node;
}

function read(text: string, format: DocumentFormat): unknown {
  const result = readDocument(Buffer.from(text), format);
  return result.kind === 'document' ? plain(result.root) : printProblem(result.problem);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('reading a document', () => {
  it.each([
    ['a/manifest.edn', 'edn'],
    ['config.json', 'json'],
    ['config.yaml', 'yaml'],
    ['config.yml', 'yaml'],
    ['config.toml', undefined],
  ])('takes %s for %s', (name, format) => {
    expect(documentFormat(name)).toBe(format);
  });

  it('reads JSON as JSON.parse does, indented or not', () => {
    const indent = fc.constantFrom(undefined, 2, '\t');
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), indent, (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(read(text, 'json')).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('takes for JSON only what JSON.parse takes', () => {
    const junk = fc.string({
      unit: fc.constantFrom(...Array.from('{}[]",:\\u0041tfn -.e\n')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(junk, (text) => {
        const isOurs = readDocument(Buffer.from(text), 'json').kind === 'document';
        expect(isOurs).toBe(isOurs && isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads YAML block and flow styles', () => {
    const text = 'table: t # why\ncolumns: [a, "b"]\nlist:\n  - 1\n  - yes\nnone:\nhalf: 0.5\nkeep: true\n';
    expect(read(text, 'yaml')).toEqual({
      table: 't',
      columns: ['a', 'b'],
      list: [1, 'yes'],
      none: null,
      half: 0.5,
      keep: true,
    });
  });

  it.each<[DocumentFormat, string, string]>([
    ['json', '{"a":1,}', 'line 1, column 8: expected a key in double quotes, found `}`'],
    ['json', '{"a":1\n "b":2}', 'line 2, column 2: expected `,` or `}`, found `"`'],
    ['json', '{"a":1,"a":2}', 'line 1, column 8: the key that starts here appears twice'],
    ['json', '{"a" 1}', 'line 1, column 6: expected `:` after the key, found `1`'],
    ['json', '["\\d"]', 'line 1, column 3: no such escape in a string: \\ and `d`'],
    ['json', '["a\nb"]', 'line 1, column 2: expected `"` for the string that starts here'],
    ['json', '[01]', 'line 1, column 3: expected `,` or `]`, found `1`'],
    ['json', '', 'line 1, column 1: expected a value, found the end of the text'],
    ['json', '1 2', 'line 1, column 3: expected the end of the document, found `2`'],
    ['json', '['.repeat(65), 'line 1, column 65: nested deeper than 64 levels'],
    ['yaml', 'a: 1\na: 2', 'line 2, column 1: the key that starts here appears twice'],
    ['yaml', 'a:\n\t- b', 'line 2, column 1: a tab indents this line; YAML wants spaces'],
    ['yaml', 'a: &x 1\nb: *x', 'line 1, column 7: anchors and aliases are not supported'],
    ['yaml', 'a: *x', 'line 1, column 4: anchors and aliases are not supported'],
    ['yaml', 'a: !!binary aGk=', 'column 13: tags (!…) are not supported'],
    ['yaml', 'a: !mine 1', 'line 1, column 4: tags (!…) are not supported'],
    ['yaml', 'a: 1\n---\nb: 2', 'expected the end of the document, found a second one'],
    ['yaml', 'a: [1,', 'line 1, column'],
    ['yaml', 'a: b: c', 'line 1, column 4: not valid YAML from here on'],
    ['yaml', '', 'expected a value, found an empty document'],
    ['yaml', `a: ${'['.repeat(70)}${']'.repeat(70)}`, 'nested deeper than 64 levels'],
    ['edn', '{:a', 'line 1, column 1: expected `}` for the map that starts here'],
  ])('refuses this %s: %j', (format, text, problem) => {
    expect(read(text, format)).toContain(problem);
  });

  it('refuses bytes that are not UTF-8, and passes over a byte order mark', () => {
    expect(readDocument(Buffer.from([0x22, 0xff, 0x22]), 'json')).toMatchObject({
      problem: { message: 'not UTF-8 text; save the file as UTF-8' },
    });
    expect(read('\uFEFF{"a":1}', 'json')).toEqual({ a: 1 });
  });

  it('refuses more bytes than it will read', () => {
    const result = readDocument(Buffer.alloc(DOCUMENT_BYTES_MAX + 1, ' '), 'edn');
    expect(result).toMatchObject({ problem: { message: expect.stringContaining('at most 1048576') } });
  });

  it('never repeats the text of a broken document', () => {
    const planted = 'hunter2';
    const texts: [DocumentFormat, string][] = [
      ['json', `{"password": "${planted}" x}`],
      ['json', `{"password": ${planted}}`],
      ['yaml', `password: "${planted}" ${planted}\n  - x`],
      ['yaml', `password: *${planted}`],
      ['yaml', `password: @${planted}`],
      ['yaml', `? ${planted}\n\t: ]`],
      ['edn', `{:password ${planted}/${planted}/x}`],
    ];
    for (const [format, text] of texts) {
      const result = readDocument(Buffer.from(text), format);
      expect(result).toMatchObject({ kind: 'problem' });
      expect(JSON.stringify(result)).not.toContain('unter2');
    }
  });
});
