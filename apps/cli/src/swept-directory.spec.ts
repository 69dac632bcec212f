import { describe, expect, it } from 'vitest';
import { sweptDirectory } from './swept-directory.ts';
import { UsageError } from './usage-error.ts';

const ROOT = { bucket: 'drops', prefix: '' };
const BELOW = { bucket: 'drops', prefix: 'in/' };

describe('the directory of a hint', () => {
  it.each([
    [undefined, ROOT, ''],
    [undefined, BELOW, 'in/'],
    ['/', ROOT, ''],
    ['orders', ROOT, 'orders/'],
    ['orders/', ROOT, 'orders/'],
    ['/orders/2026', ROOT, 'orders/2026/'],
    ['s3://drops/orders', ROOT, 'orders/'],
    ['s3://drops/', BELOW, 'in/'],
    ['in/orders', BELOW, 'in/orders/'],
  ])('%j below %j is %j', (typed, watched, directory) => {
    expect(sweptDirectory(typed, watched)).toBe(directory);
  });

  it('is refused in another bucket and outside the watched prefix', () => {
    expect(() => sweptDirectory('s3://other/orders/', ROOT)).toThrow(UsageError);
    expect(() => sweptDirectory('orders/', BELOW)).toThrow('not below the watched prefix in/');
  });
});
