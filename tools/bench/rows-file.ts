import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** What a benchmark file holds: eight columns, the types of which decide the route of the COPY engine. */
export type RowShape = {
  readonly name: 'pass-through' | 'row engine' | 'json';
  readonly ddl: string;
  readonly columns: readonly string[];
  readonly types: Readonly<Record<string, string>>;
  readonly options: string;
  /** one row with its line feed */
  readonly row: (n: number) => string;
};

const PLAIN_TYPES = {
  id: 'bigint',
  customer: 'integer',
  amount: 'integer',
  quantity: 'integer',
  status: 'text',
  city: 'text',
  note: 'text',
  at: 'timestamp',
} as const;

const NUMERIC_TYPES = { ...PLAIN_TYPES, amount: 'numeric(12,2)' } as const;

const CITIES = ['Berlin', 'Paris', 'Kisumu', 'Osaka', 'Bogota', 'Austin', 'Perth', 'Lagos'] as const;

/** int, text and timestamp columns: PostgreSQL parses them itself */
export const PLAIN: RowShape = {
  name: 'pass-through',
  ...tableOf(PLAIN_TYPES),
  options: 'CSV GZIP',
  row: (n) => `${cells(n, String((n * 7_919) % 1_000_000)).join(',')}\n`,
};

/** numeric columns: Redshift cuts where PostgreSQL rounds, so every row passes the engine */
export const NUMERIC: RowShape = {
  name: 'row engine',
  ...tableOf(NUMERIC_TYPES),
  options: 'CSV GZIP',
  row: (n) => `${cells(n, ((n * 7_919) % 1_000_000) / 100 + 0.005).join(',')}\n`,
};

export const JSON_LINES: RowShape = {
  name: 'json',
  ...tableOf(NUMERIC_TYPES),
  options: `JSON 'auto' GZIP`,
  row: (n) => {
    const [id, customer, amount, quantity, status, city, note, at] = cells(
      n,
      ((n * 7_919) % 1_000_000) / 100,
    );
    return `${JSON.stringify({ id, customer, amount, quantity, status, city, note, at })}\n`;
  },
};

function tableOf(types: Readonly<Record<string, string>>): Pick<RowShape, 'ddl' | 'columns' | 'types'> {
  const columns = Object.keys(types);
  return { types, columns, ddl: `(${columns.map((name) => `${name} ${types[name]}`).join(', ')})` };
}

function cells(n: number, amount: string | number): readonly (string | number)[] {
  const status = n % 3 === 0 ? 'shipped' : 'ordered';
  const city = CITIES[n % CITIES.length] ?? '';
  const minute = String(n % 60).padStart(2, '0');
  const at = `2026-01-${String((n % 28) + 1).padStart(2, '0')} 10:${minute}:00`;
  return [n, n % 100_000, amount, n % 90, status, city, `order ${n} of a customer left at the back door`, at];
}

const GZIP_LEVEL = 3;
const ROWS_PER_WRITE = 5_000;

/** Writes rows `from` ≤ n < `to` gzipped. @returns bytes before compression */
export async function writeRows(
  path: string,
  shape: RowShape,
  span: { readonly from: number; readonly to: number },
): Promise<number> {
  const gzip = createGzip({ level: GZIP_LEVEL });
  const file = createWriteStream(path);
  gzip.pipe(file);
  let bytes = 0;
  for (let n = span.from; n < span.to; n += ROWS_PER_WRITE) {
    let text = '';
    for (let row = n; row < Math.min(n + ROWS_PER_WRITE, span.to); row += 1) text += shape.row(row);
    bytes += Buffer.byteLength(text);
    if (!gzip.write(text)) await once(gzip, 'drain');
  }
  gzip.end();
  await finished(file);
  return bytes;
}
