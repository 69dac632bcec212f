import { describe, expect, it } from 'vitest';
import { feedFile } from '../feed-file.ts';

describe("JSON 'noshred'", () => {
  it.each(['super', 'jsonb', 'json', 'text', 'character varying(200)'])(
    'puts each document whole into one column of %s',
    async (type) => {
      const { text } = await feedFile("json 'noshred'", [type], '{"a": [1, "x\\n"]}\n{}{"b":null}\n[1,2]');
      expect(text).toBe('{"a": [1, "x\\\\n"]}\n{}\n{"b":null}\n[1,2]\n');
    },
  );

  it('refuses malformed documents with 1224, by line', async () => {
    const { text, report } = await feedFile(
      "json 'noshred' maxerror 5",
      ['super'],
      '{"a":1}\n{"a":}\n{"a":2}\n',
    );
    expect(text).toBe('{"a":1}\n{"a":2}\n');
    expect(report.rejected).toMatchObject([{ line: 2, copyError: 1224 }]);
  });

  it.each([[['integer']], [['date']], [['text', 'text']]])(
    'needs one column that holds documents, not %j',
    async (types) => {
      await expect(feedFile("json 'noshred'", types, '{}')).rejects.toThrow(
        "JSON 'noshred' needs exactly one column",
      );
    },
  );
});

describe('a JSON string', () => {
  it('stays one in a column of JSON, and is its content in any other', async () => {
    const file =
      '{"c0":"a\\"b","c1":"a\\"b"}\n{"c0":{"x":1},"c1":[true]}\n{"c0":null,"c1":null}\n{"c0":1,"c1":1}';
    const { text } = await feedFile("json 'auto'", ['jsonb', 'text'], file);
    expect(text).toBe('"a\\\\"b"\ta"b\n{"x":1}\t[true]\n\\N\t\\N\n1\t1\n');
  });
});
