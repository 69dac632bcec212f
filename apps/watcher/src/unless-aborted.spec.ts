import { describe, expect, it } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

const never = new Promise<never>(() => undefined);

describe('work that may be given up', () => {
  it('comes to its own outcome while nobody aborts', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(unlessAborted(Promise.reject(new Error('its own')), signal)).rejects.toThrow('its own');
  });

  it('is given up when the signal aborts, or has aborted before', async () => {
    const stopping = new AbortController();
    const waiting = unlessAborted(never, stopping.signal);
    stopping.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await expect(unlessAborted(never, stopping.signal)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
