import type { ColumnForm } from './column-forms.ts';

export type RowLayout = {
  readonly delimiter: string;
  readonly quote: string;
  /** ESCAPE: no backslash may be in a vetted row at all */
  readonly hasEscape: boolean;
  /** NULL AS, when it is not `\N` */
  readonly nullAs: string | undefined;
  /** false: BLANKSASNULL or TRIMBLANKS would act on a text that ends in white space */
  readonly mayEndBlank: boolean;
};

/**
 * A sticky pattern of any number of whole rows that Postgres reads as the row engine does. Meant for bytes as
 * latin1: one character, one byte. Irregexp runs it at more than 1 GB/s; a mismatch ends the match, so the
 * bytes before it are vetted and those after it are not.
 */
export function rowPattern(forms: readonly ColumnForm[], layout: RowLayout, lineEnd: string): RegExp {
  const fields = forms.map((form) =>
    form.kind === 'text' ? textField(form, layout) : valueField(form, layout),
  );
  return new RegExp(`(?:${fields.join(verbatim(layout.delimiter))}${lineEnd})*`, 'y');
}

function valueField(form: ColumnForm, layout: RowLayout): string {
  const quote = verbatim(layout.quote);
  const values = `${notNullText(layout, `(?:${verbatim(layout.delimiter)}|[\\r\\n])`)}(?:${form.values})`;
  const quoted = `${quote}${notNullText(layout, quote)}(?:${form.values})${quote}`;
  return `(?:${values}|${quoted}|)`;
}

function textField(form: ColumnForm, layout: RowLayout): string {
  const quote = verbatim(layout.quote);
  const delimiter = verbatim(layout.delimiter);
  const blank = !layout.mayEndBlank ? '(?<!\\s)' : form.isSized ? '(?<! )' : '';
  // `\N` is NULL by default; a line `\.` would end the COPY (Postgres ≤ 17)
  const start = `(?!\\\\[.N])${notNullText(layout, `(?:${delimiter}|[\\r\\n])`)}`;
  const bare = `[^${delimiter}${quote}\\r\\n\\0${layout.hasEscape ? '\\\\' : ''}]*`;
  const inner = `[^${quote}\\\\\\0]*`;
  const quoted = `${quote}${notNullText(layout, quote)}${inner}(?:${quote}${quote}${inner})*${blank}${quote}`;
  return `(?:${start}${bare}${blank}|${quoted})`;
}

function notNullText(layout: RowLayout, end: string): string {
  const { nullAs } = layout;
  if (nullAs === undefined || nullAs === '') return '';
  const bytes = Buffer.from(nullAs).toString('latin1');
  return `(?!${[...bytes].map(verbatim).join('')}${end})`;
}

/** One byte as itself, inside a class or outside. */
function verbatim(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
