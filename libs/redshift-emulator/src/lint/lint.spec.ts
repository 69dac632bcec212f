import { describe, expect, it } from 'vitest';
import { splitStatements } from '../sql/statement.ts';
import { EMULATOR_LIMITS } from './emulator-limits.ts';
import { lint, LINT_RULES } from './lint.ts';

const only = (sql: string) => splitStatements(sql).map(lint)[0];

describe('PostgreSQL accepts it, Redshift does not', () => {
  describe.each(LINT_RULES.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    it.each(rule.refused)('is refused: %s', (sql) => {
      expect(only(sql)).toMatchObject({ sqlState: rule.sqlState });
      expect(only(sql)?.message).not.toContain('$');
      expect(only(sql)?.position).toBeGreaterThan(0);
    });
    for (const sql of rule.allowed ?? []) it(`lets pass: ${sql}`, () => expect(only(sql)).toBeUndefined());
  });
});

describe('Redshift has it, the emulator does not', () => {
  describe.each(EMULATOR_LIMITS.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    it.each(rule.refused)('says so: %s', (sql) => {
      expect(only(sql)).toMatchObject({ sqlState: '0A000' });
    });
    for (const sql of rule.allowed ?? []) it(`lets pass: ${sql}`, () => expect(only(sql)).toBeUndefined());
  });
});

describe('a long statement', () => {
  it('is searched once, not once for every word', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `(${i}, 'name ${i}', -1.5)`);
    const [long] = splitStatements(`insert into t (a, b, c) values ${rows.join(', ')}`);
    // a pattern that looks back to the beginning takes minutes for this
    expect(long && lint(long)).toBeUndefined();
  }, 30_000);
});

describe('a refusal', () => {
  it('shows where, in characters from 1', () => {
    expect(only('insert into t values (1)\n  on conflict do nothing')?.position).toBe(28);
  });

  it('is not taken in by texts, comments and names in quotes', () => {
    expect(only(`select 'for update' as "on conflict" /* returning * */ from t -- lateral`)).toBeUndefined();
  });
});
