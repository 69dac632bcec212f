import type { CopyColumn } from '#copy';

/** The same rows as text that needs unescaping, as JSON, and as one very long row. */
export type EngineShape = {
  readonly options: string;
  readonly columns: readonly CopyColumn[];
  /** some megabytes of whole rows, to be repeated */
  readonly block: () => Buffer;
};

const BLOCK_BYTES = 4_000_000;
const LONG_ROW_BYTES = 4 * 1024 * 1024 - 100;
const TYPES = {
  id: 'bigint',
  customer: 'integer',
  amount: 'numeric(12,2)',
  quantity: 'integer',
  status: 'text',
  city: 'text',
  note: 'text',
  at: 'timestamp without time zone',
} as const;

const CITIES = ['Berlin', 'Paris', 'Kisumu', 'Osaka', 'Bogota', 'Austin', 'Perth', 'Lagos'] as const;

function cells(n: number): readonly string[] {
  const amount = (((n * 7_919) % 1_000_000) / 100 + 0.005).toFixed(3);
  const minute = String(n % 60).padStart(2, '0');
  const at = `2026-01-${String((n % 28) + 1).padStart(2, '0')} 10:${minute}:00`;
  const note = `order ${n} of a customer left at the back door`;
  const status = n % 3 === 0 ? 'shipped' : 'ordered';
  return [String(n), String(n % 100_000), amount, String(n % 90), status, CITIES[n % 8] ?? '', note, at];
}

/** Every fifth note is in quotes, every seventh has a delimiter that is escaped. */
function escaped(n: number): string {
  const row = cells(n).with(6, noteOf(n));
  return `${row.join('|')}\n`;
}

function noteOf(n: number): string {
  const note = cells(n)[6] ?? '';
  if (n % 5 === 0) return `"${note}"`;
  return n % 7 === 0 ? `this \\| that ${note}` : note;
}

function document(n: number): string {
  const names = Object.keys(TYPES);
  return `${JSON.stringify(Object.fromEntries(cells(n).map((cell, i) => [names[i] ?? '', cell])))}\n`;
}

function blockOf(row: (n: number) => string): Buffer {
  const rows: string[] = [];
  for (let n = 0, size = 0; size < BLOCK_BYTES; n += 1) {
    const text = row(n);
    rows.push(text);
    size += text.length;
  }
  return Buffer.from(rows.join(''));
}

const COLUMNS = Object.entries(TYPES).map(([name, type]) => ({ name, type, notNull: false }));

export const SHAPES = {
  escaped: { options: 'escape removequotes', columns: COLUMNS, block: () => blockOf(escaped) },
  gzip: { options: 'escape removequotes gzip', columns: COLUMNS, block: () => blockOf(escaped) },
  json: { options: "json 'auto'", columns: COLUMNS, block: () => blockOf(document) },
  'long rows': {
    options: 'escape',
    columns: [
      { name: 'id', type: 'bigint', notNull: false },
      { name: 'note', type: 'text', notNull: false },
    ],
    block: () => Buffer.from(`1|${'x\\|'.repeat(Math.floor(LONG_ROW_BYTES / 3))}\n`),
  },
} as const satisfies Readonly<Record<string, EngineShape>>;

export type ShapeName = keyof typeof SHAPES;
