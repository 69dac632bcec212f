import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerName } from './ledger-name.ts';

describe('the name of a ledger table', () => {
  it('can be read by people', () => {
    expect(ledgerName({ schema: 'public', table: 'orders' })).toMatch(/^ledger_public_orders_[0-9a-f]{16}$/);
  });

  it('is a plain name of at most 63 bytes, whatever the target is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (schema, table) => {
        expect(ledgerName({ schema, table })).toMatch(/^ledger_[a-z0-9_]{1,55}$/);
      }),
    );
  });

  it('keeps targets apart that look alike', () => {
    const names = [
      { schema: 'a', table: 'b_c' },
      { schema: 'a_b', table: 'c' },
      { schema: 'A', table: 'b_c' },
      { schema: 'a', table: 'b-c' },
    ].map(ledgerName);
    expect(new Set(names).size).toBe(names.length);
  });
});
