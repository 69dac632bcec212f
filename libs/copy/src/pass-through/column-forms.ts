/**
 * The published table, part one: which fields Postgres and the row engine read to the same value, by column
 * type. A form is a regular expression over bytes; a field outside it sends the file to the row engine.
 */
export type ColumnForm = {
  readonly kind: 'text' | 'value';
  /** n of VARCHAR(n) and CHAR(n): a longer field that ends in blanks is cut by Postgres */
  readonly isSized: boolean;
  /** CHAR(n): single-byte characters only, whatever the semantics (reference/redshift-copy.md §5, 1215) */
  readonly isChar: boolean;
  /** the values allowed, for kind `value`; an empty field is NULL */
  readonly values: string;
};

export type FormRule = {
  /** as the table of docs/copy.md shows them */
  readonly types: string;
  readonly fields: string;
  readonly because: string;
  readonly match: RegExp;
  readonly form: (match: RegExpExecArray) => ColumnForm | undefined;
};

const DATE = '\\d{4}-\\d\\d-\\d\\d';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?';

export const FORM_RULES: readonly FormRule[] = [
  {
    types: '`varchar`, `varchar(n)`, `text`, `char(n)`',
    fields: 'any text without NUL, `\\N`, or a backslash inside quotes; ASCII where n counts bytes',
    because: 'Postgres counts characters and cuts trailing blanks beyond n',
    match: /^(?:text|character varying(\(\d+\))?|character(\(\d+\)))$/,
    form: ([, varcharSize, charSize]) => ({
      kind: 'text',
      isSized: varcharSize !== undefined || charSize !== undefined,
      isChar: charSize !== undefined,
      values: '',
    }),
  },
  {
    types: '`smallint`, `integer`, `bigint`',
    fields: '`-?` and digits',
    because: 'Postgres also reads `0x1F`, `1_000` and blanks around a number',
    match: /^(?:smallint|integer|bigint)$/,
    form: () => value('-?\\d{1,19}'),
  },
  {
    types: '`numeric(p,s)`',
    fields: 'at most p−s digits before and s after the point',
    because: 'Postgres rounds what has more decimals; Redshift cuts it',
    match: /^numeric\((\d+),(\d+)\)$/,
    form: ([, precision, scale]) => value(decimals(Number(precision), Number(scale))),
  },
  {
    types: '`real`, `double precision`',
    fields: 'digits, point, exponent',
    because: 'Postgres also reads `infinity`, `NaN` and hexadecimal',
    match: /^(?:real|double precision)$/,
    form: () => value('-?\\d{1,15}(?:\\.\\d{1,15})?(?:[eE][+-]?\\d{1,2})?'),
  },
  {
    types: '`boolean`',
    fields: '`t f true false 1 0`, and `T F TRUE FALSE`',
    because: 'Postgres also reads `on`, `off` and prefixes',
    match: /^boolean$/,
    form: () => value('[tTfF01]|true|false|TRUE|FALSE'),
  },
  {
    types: '`date`',
    fields: '`YYYY-MM-DD`',
    because: 'Postgres also reads `now`, `infinity`, `Jan 5 2026` and times after the date',
    match: /^date$/,
    form: () => value(DATE),
  },
  {
    types: '`timestamp`',
    fields: '`YYYY-MM-DD`, `YYYY-MM-DD HH:MI:SS`, up to six decimals',
    because: 'Postgres also reads `24:00:00`, `:60`, words and zones, which it drops',
    match: /^timestamp without time zone$/,
    form: () => value(`${DATE}(?: ${TIME})?`),
  },
  {
    types: '`timestamptz`',
    fields: '`YYYY-MM-DD HH:MI:SS±HH`, up to six decimals',
    because: 'without a zone Postgres would take that of the session',
    match: /^timestamp with time zone$/,
    form: () => value(`${DATE} ${TIME}[+-](?:0\\d|1[0-4])`),
  },
];

/** `undefined`: fields of this type always take the row engine. */
export function columnForm(type: string): ColumnForm | undefined {
  for (const rule of FORM_RULES) {
    const match = rule.match.exec(type);
    if (match) return rule.form(match);
  }
  return undefined;
}

export function isTimeType(type: string): boolean {
  return /^(date|time)/.test(type);
}

function value(values: string): ColumnForm {
  return { kind: 'value', isSized: false, isChar: false, values };
}

function decimals(precision: number, scale: number): string {
  const whole = `-?\\d{1,${Math.max(1, precision - scale)}}`;
  return scale === 0 ? whole : `${whole}(?:\\.\\d{1,${scale}})?`;
}
