import { describe, expect, it } from 'vitest';
import { oneTable, tableKeys } from './table-keys.ts';
import { UsageError } from './usage-error.ts';

const TWO = { main: { schema: 'public' }, lake: { schema: 'raw' } };
const ONE = { main: { schema: 'public' } };

describe('the tables that a name may mean', () => {
  it.each([
    ['orders', ['main/public.orders', 'lake/raw.orders']],
    ['Sales.Orders', ['main/sales.orders', 'lake/sales.orders']],
    ['lake/orders', ['lake/raw.orders']],
    ['main/sales.orders', ['main/sales.orders']],
    ['"a/b".t', ['main/"a/b".t', 'lake/"a/b".t']],
    ['inline:drops/d/manifest.edn/public.t', ['inline:drops/d/manifest.edn/public.t']],
  ])('%s', (text, keys) => {
    expect([...tableKeys(text, TWO)]).toEqual(keys);
  });

  it.each(['', 'a.b.c', 'a b', 'elsewhere/'])('%j is refused', (text) => {
    expect(() => tableKeys(text === 'elsewhere/' ? 'main/' : text, TWO)).toThrow(UsageError);
  });
});

describe('one table', () => {
  it('is found by its name alone where there is one warehouse', () => {
    expect(oneTable('orders', ONE)).toEqual({
      warehouse: 'main',
      target: { schema: 'public', table: 'orders' },
      key: 'main/public.orders',
    });
  });

  it('needs the name of its warehouse where there are several', () => {
    expect(() => oneTable('orders', TWO)).toThrow('write main/public.orders');
    expect(oneTable('lake/orders', TWO).key).toBe('lake/raw.orders');
  });
});
