import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EMULATOR_LIMITS } from './emulator-limits.ts';
import { LINT_RULES } from './lint.ts';

const page = readFileSync(new URL('../../../../docs/redshift-emulator.md', import.meta.url), 'utf8');
const section = (title: string): string => page.split(/^## /m).find((one) => one.startsWith(title)) ?? '';
const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('docs/redshift-emulator.md', () => {
  it('names every rule of the lint, and none besides', () => {
    const listed = /-->(.*?)`COPY/s.exec(section('What it refuses'))?.[1] ?? '';
    expect(flat(listed).trim().split(' · ')).toEqual(LINT_RULES.map(({ name }) => name));
  });

  it.each(EMULATOR_LIMITS.map(({ name }) => name))('names the limit: %s', (name) => {
    expect(flat(section('Limits'))).toContain(name);
  });
});
