import type { CopyColumn, CopySemantics } from '../copy-feed.ts';
import type { CopyOptions } from '../copy-options.ts';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import { columnForm } from './column-forms.ts';
import type { ColumnForm } from './column-forms.ts';
import { OPTION_RULES } from './option-rules.ts';
import { rowPattern } from './row-pattern.ts';

export type PassThroughPlan =
  | {
      readonly kind: 'allowed';
      /** the WITH list of the COPY */
      readonly copyWith: string;
      /** whole rows that end in LF; in CRLF */
      readonly rows: { readonly lf: RegExp; readonly crlf: RegExp };
      /** a length counts bytes here and characters there, so that all text must be ASCII */
      readonly asciiOnly: boolean;
      /** a line without it cannot go on in the next */
      readonly quote: number;
    }
  | { readonly kind: 'refused'; readonly because: string };

/** Wider tables take the row engine: the pattern of a row would outgrow what V8 compiles. */
export const PASS_THROUGH_COLUMNS_MAX = 300;

/** A quote that no vetted row holds, for text without quotes: Postgres' CSV mode leaves backslashes alone. */
const NO_QUOTE = '\x01';

/** Decides by the published table whether Postgres may parse these files itself. */
export function planPassThrough(input: {
  readonly options: CopyOptions;
  readonly columns: readonly CopyColumn[];
  readonly semantics: CopySemantics;
}): PassThroughPlan {
  const { options, columns, semantics } = input;
  const { format } = options;
  const types = columns.map((column) => column.type);
  for (const rule of OPTION_RULES) {
    const because = rule.refuses(options, types);
    if (because !== undefined) return { kind: 'refused', because };
  }
  if (format.kind !== 'Csv' && format.kind !== 'Delimited') return { kind: 'refused', because: format.kind };
  if (columns.length < 2) return { kind: 'refused', because: 'a blank line of one column is ambiguous' };
  if (columns.length > PASS_THROUGH_COLUMNS_MAX) return { kind: 'refused', because: 'too many columns' };
  const forms: ColumnForm[] = [];
  for (const { name, type } of columns) {
    const form = columnForm(type);
    if (form === undefined) return { kind: 'refused', because: `column ${name} is ${type}` };
    forms.push(form);
  }
  const quote = format.kind === 'Csv' ? format.quote : NO_QUOTE;
  const layout = {
    delimiter: format.delimiter,
    quote,
    hasEscape: format.kind === 'Delimited' && format.escape,
    nullAs: options.nullAs === DEFAULT_COPY_OPTIONS.nullAs ? undefined : options.nullAs,
    mayEndBlank: !options.blanksAsNull && !options.trimBlanks,
  };
  return {
    kind: 'allowed',
    copyWith: copyWith({ options, columns, forms, delimiter: format.delimiter, quote }),
    rows: { lf: rowPattern(forms, layout, '\\n'), crlf: rowPattern(forms, layout, '\\r\\n') },
    asciiOnly: forms.some((form) => form.isChar || (form.isSized && semantics === 'redshift')),
    quote: quote.charCodeAt(0),
  };
}

function copyWith(how: {
  readonly options: CopyOptions;
  readonly columns: readonly CopyColumn[];
  readonly forms: readonly ColumnForm[];
  readonly delimiter: string;
  readonly quote: string;
}): string {
  const { options, columns, forms } = how;
  const texts = columns.filter((_column, i) => forms[i]?.kind === 'text').map(({ name }) => identifier(name));
  // reference/redshift-copy.md §7: an empty VARCHAR is '' unless EMPTYASNULL; Postgres' CSV says NULL
  const force = options.emptyAsNull || options.nullAs === '' ? 'force_null' : 'force_not_null';
  return [
    'format csv',
    `delimiter ${literal(how.delimiter)}`,
    `quote ${literal(how.quote)}`,
    "null ''",
    ...(texts.length === 0 ? [] : [`${force} (${texts.join(', ')})`]),
    "encoding 'UTF8'",
  ].join(', ');
}

function literal(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20 || char === '\\' || code === 0x7f) return `E'\\x${code.toString(16).padStart(2, '0')}'`;
  return char === "'" ? "''''" : `'${char}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
