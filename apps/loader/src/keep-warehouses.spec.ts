import { describe, expect, it } from 'vitest';
import { Failure, silentLog } from '#contracts';
import { keepWarehouses } from './keep-warehouses.ts';

describe('keeping house', () => {
  it('goes on in one warehouse when another cannot be reached, until it is stopped', async () => {
    const stop = new AbortController();
    const warned: string[] = [];
    let turns = 0;
    const named = new Map([
      ['away', { keepHouse: () => Promise.reject(new Failure('unavailable', 'no answer')) }],
      [
        'here',
        {
          keepHouse: async () => {
            turns += 1;
            if (turns === 3) stop.abort();
          },
        },
      ],
    ]);
    const log = { ...silentLog, warn: (_: unknown, sentence: string) => void warned.push(sentence) };
    await keepWarehouses(named, { signal: stop.signal, log, pauseMs: 0 });
    expect(turns).toBe(3);
    expect(warned[0]).toBe('housekeeping has to wait: no answer');
  });
});
