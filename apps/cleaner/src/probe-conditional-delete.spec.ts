import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { memoryObjectStore } from '#object-store';
import { probeConditionalDelete } from './probe-conditional-delete.ts';

describe('the permit to delete', () => {
  it('is given where the store honours conditions, and asked for once', async () => {
    const deeds: string[] = [];
    const store = memoryObjectStore({ fault: (deed, { key }) => void deeds.push(`${deed} ${key}`) });
    const permit = probeConditionalDelete(store);
    await Promise.all([permit('b'), permit('b')]);
    await permit('b');
    expect(deeds.filter((deed) => deed.startsWith('put'))).toEqual([
      expect.stringMatching(/^put _dopplershift\/probes\//),
    ]);
  });

  it('is given where versions are kept, whatever the store does with conditions', async () => {
    const store = memoryObjectStore({ honoursConditions: false, versioning: 'enabled' });
    await expect(probeConditionalDelete(store)('b')).resolves.toBeUndefined();
  });

  it.each(['off', 'suspended'] as const)(
    'is refused with a remedy when versioning is %s',
    async (versioning) => {
      const store = memoryObjectStore({ honoursConditions: false, versioning });
      await expect(probeConditionalDelete(store)('b')).rejects.toMatchObject({
        code: 'options-invalid',
        message: expect.stringContaining('bucket b ignores If-Match'),
        remedy: 'Enable versioning on bucket b, or set cleaner.mode to tag or keep.',
      });
    },
  );

  it('is asked for again when the store was away, and after a while when it was denied', async () => {
    let failure: Failure | undefined = new Failure('unavailable', 'away');
    let now = 0;
    const store = memoryObjectStore({ fault: () => failure });
    const permit = probeConditionalDelete(store, { now: () => now });
    await expect(permit('b')).rejects.toBe(failure);
    failure = new Failure('access-denied', 'no');
    await expect(permit('b')).rejects.toBe(failure);
    failure = undefined;
    await expect(permit('b')).rejects.toMatchObject({ code: 'access-denied' });
    now = 60_000;
    await expect(permit('b')).resolves.toBeUndefined();
  });
});
