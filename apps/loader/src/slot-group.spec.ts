import { describe, expect, it } from 'vitest';
import { slotGroupOf } from './slot-group.ts';

describe('the slot group of a lane', () => {
  it.each([
    ['main/public.orders', 'main'],
    ['main/public."a/b"', 'main'],
    ['inline:bucket/in/a/manifest.edn/public.orders', 'inline:bucket/in/a/manifest.edn'],
    ['inline:bucket/in/b/x-manifest.json/public."a/manifest.edn/b"', 'inline:bucket/in/b/x-manifest.json'],
  ])('%s belongs to %s', (lane, group) => {
    expect(slotGroupOf(lane)).toBe(group);
  });
});
