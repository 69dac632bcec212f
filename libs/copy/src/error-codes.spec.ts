import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { RejectedRow } from '#contracts';
import { CODES_ELSEWHERE, COPY_ERRORS, copyErrorReason } from './copy-error.ts';
import { feedFile } from './feed-file.ts';

const V = 'character varying(4)';
const TS = 'timestamp without time zone';

type Case = {
  readonly code: number;
  readonly options: string;
  readonly types: readonly string[];
  readonly file: string | Buffer;
  readonly line: number;
  readonly column?: string;
};

/** A good first row, so that lines and columns are those of the second. */
function rowCase(
  code: number,
  types: readonly string[],
  file: string | Buffer,
  rest: Partial<Case> = {},
): Case {
  return { code, options: '', types, file, line: 2, ...rest };
}

const CASES: readonly Case[] = [
  rowCase(1202, ['integer', V], '1|a\n2|b|c\n'),
  rowCase(1203, ['integer', V], '1|a\n2\n', { column: 'c1' }),
  rowCase(1203, ['integer', V], '1,a\n"2"\n', { options: 'csv', column: 'c1' }),
  rowCase(1203, ['integer', V, V], '1|a|b\n2|b\n', { column: 'c2' }),
  rowCase(1203, ['integer', V], '1ab\n2\n', { options: "fixedwidth 'a:1,b:2'", column: 'c1' }),
  rowCase(1204, ['integer', V], '1|a\n2|long text\n', { column: 'c1' }),
  rowCase(1204, ['integer', 'character(2)'], '1|a\n2|abc\n', { column: 'c1' }),
  rowCase(1205, ['date', V], '2026-01-02|a\n2026-02-30|b\n', { column: 'c0' }),
  rowCase(1206, ['integer', TS], '1|2026-01-02 03:04:05\n2|noon\n', { column: 'c1' }),
  rowCase(1206, ['integer', 'time without time zone'], '1|03:04:05\n2|noon\n', { column: 'c1' }),
  rowCase(1207, ['integer', V], '1|a\n1x|b\n', { column: 'c0' }),
  rowCase(1208, ['integer', 'real'], '1|1.5\n2|1.5.5\n', { column: 'c1' }),
  rowCase(1209, ['integer', 'numeric(4,2)'], '1|12.34\n2|123.4\n', { column: 'c1' }),
  rowCase(1210, ['integer', 'boolean'], '1|t\n2|maybe\n', { column: 'c1' }),
  rowCase(1211, ['integer', V], '1|a\n\n3|c\n'),
  rowCase(1214, ['integer', V], "1|a\n2|'b\n", { options: 'removequotes' }),
  rowCase(1214, ['integer', V], '1,a\n2,"b"c\n', { options: 'csv' }),
  rowCase(1215, ['integer', 'character(4)'], '1|a\n2|é\n', { column: 'c1' }),
  rowCase(1216, ['integer', V], '{"c0":1}\n{"c0":}\n', { options: "json 'auto'" }),
  rowCase(1216, ['integer', 'text'], `1|a\n2|${'x'.repeat(5 * 1024 * 1024)}\n`),
  rowCase(1218, ['integer', V], '1|\0\n2|a\0b\n', { options: "null as '\\000'", column: 'c1' }),
  rowCase(1220, ['integer', V], Buffer.from([0x31, 0x7c, 0x61, 0x0a, 0x32, 0x7c, 0xff, 0x0a]), {
    column: 'c1',
  }),
  rowCase(1221, [V, V], Buffer.from('a|b\n', 'utf16le'), { options: 'encoding utf16', line: 1 }),
  rowCase(1222, ['smallint', V], '1|a\n32768|b\n', { column: 'c0' }),
  rowCase(1224, ['integer', 'super'], '1|{}\n2|{\n', { column: 'c1' }),
  rowCase(1224, ['super'], '{}\n{"a":}\n', { options: "json 'noshred'" }),
  rowCase(1290, ['integer', V], '1|a\n2|\0\n', { column: 'c1' }),
];

async function refusal({ options, types, file }: Case): Promise<readonly RejectedRow[]> {
  const thrown = await feedFile(options, types, file).catch((error: unknown) => error);
  if (thrown instanceof Failure && thrown.code === 'copy-rejected') return thrown.rejected;
  throw new Error(`not rejected: ${JSON.stringify(thrown)}`);
}

describe('every COPY error that a file can cause', () => {
  it.each(CASES.map((given) => [`${given.code} ${given.options} ${given.types.join(', ')}`, given] as const))(
    'is told with file, line, column, code and reason: %s',
    async (_title, given) => {
      const { code, line, column } = given;
      const [first] = await refusal(given);
      expect(first).toMatchObject({ file: 's3://b/k', line, copyError: code });
      expect(first?.column).toBe(column);
      expect(first?.reason.length).toBeGreaterThan(0);
      if (![1216, 1221, 1224].includes(code)) expect(first?.reason).toBe(copyErrorReason(code));
    },
  );

  it('is in the table, and the table has no other', () => {
    const covered = [...CASES.map((given) => given.code), ...Object.keys(CODES_ELSEWHERE).map(Number)];
    expect(new Set(covered)).toEqual(new Set(Object.keys(COPY_ERRORS).map(Number)));
  });
});
