import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConfig } from './describe-config.ts';
import { envName } from './env-names.ts';
import { SECTION_LIST } from './schema.ts';

const file = new URL('../../../docs/configuration.md', import.meta.url);
const RENEW = 'UPDATE_DOCS=1 npx vitest run libs/config/src/describe-config.spec.ts';

describe('docs/configuration.md', () => {
  it('says what the options are now', () => {
    const wanted = describeConfig();
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, wanted);
    const isFresh = readFileSync(file, 'utf8') === wanted;
    expect(isFresh, `docs/configuration.md is stale; renew it with: ${RENEW}`).toBe(true);
  });

  it('has every option with a sentence, a default and its variable, and no hidden section', () => {
    const text = describeConfig();
    const visible = SECTION_LIST.filter(([, section]) => !section.hidden);
    for (const [name, section] of visible)
      for (const [option, about] of Object.entries(section.options)) {
        expect(about.description, `${name}.${option}`).toMatch(/^[A-Z`].*\.$/s);
        expect(about.fallback).not.toBe('');
        const variable = section.named
          ? `_<NAME>${envName([option]).replace('DOPPLERSHIFT', '')}`
          : envName([name, option]);
        expect(text).toContain(variable);
      }
    expect(text).not.toContain('chaos');
  });
});
