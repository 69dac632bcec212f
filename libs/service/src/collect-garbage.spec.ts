import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';

it('frees at once what nobody holds any more', async () => {
  const held = new WeakRef({ big: true });
  await turn();
  collectGarbage();
  expect(held.deref()).toBeUndefined();
});
