import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORM_RULES } from './column-forms.ts';
import { OPTION_RULES } from './option-rules.ts';

const page = readFileSync(new URL('../../../../docs/copy.md', import.meta.url), 'utf8');

/** The part of the page between two marks, without the padding that the formatter gives to tables. */
function section(name: string): string {
  const from = page.indexOf(`<!-- ${name}:`);
  const lines = page.slice(page.indexOf('\n', from) + 1, page.indexOf(`<!-- end of ${name}`)).trim();
  return lines.replaceAll(/ +\|/g, ' |').replaceAll(/-{2,}/g, '-');
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

describe('docs/copy.md', () => {
  it('shows the column types of the published table', () => {
    const rules = FORM_RULES.map((rule) => [rule.types, rule.fields, rule.because]);
    expect(section('column forms')).toBe(
      table([['types', 'fields that pass', 'why not others'], ['-', '-', '-'], ...rules]),
    );
  });

  it('shows the options of the published table', () => {
    const rules = OPTION_RULES.map((rule) => [rule.option, rule.effect]);
    expect(section('option rules')).toBe(table([['option', 'effect'], ['-', '-'], ...rules]));
  });
});
