import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VECTORS } from '#copy-vectors';
import { describeFidelity } from './describe-fidelity.ts';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const page = at('docs/redshift-fidelity.md');
const RENEW = 'UPDATE_DOCS=1 npx vitest run tools/fidelity/describe-fidelity.spec.ts';

describe('docs/redshift-fidelity.md', () => {
  it('says what vectors, rules and codes are now', () => {
    const wanted = describeFidelity();
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, wanted);
    const isFresh = readFileSync(page, 'utf8') === wanted;
    expect(isFresh, `docs/redshift-fidelity.md is stale; renew it with: ${RENEW}`).toBe(true);
  });

  it('has tables whose rows are as wide as their heads', () => {
    let width = 0;
    for (const line of describeFidelity().split('\n')) {
      const cells = line.split(/(?<!\\)\|/).length;
      if (line.startsWith('| ')) expect(cells, line).toBe((width ||= cells));
      else width = 0;
    }
  });

  it.each([
    'libs/copy/src/golden-vectors.pg.spec.ts',
    'libs/redshift-emulator/src/golden-vectors.s3.spec.ts',
  ])('names %s, whose tests bear the titles of the table', (spec) => {
    expect(describeFidelity()).toContain(`\`${spec}\``);
    expect(readFileSync(at(spec), 'utf8')).toContain('`${vector.number} [${vector.mark}] ${vector.title}`');
    expect(new Set(VECTORS.map(({ title }) => title)).size).toBe(VECTORS.length);
  });
});
