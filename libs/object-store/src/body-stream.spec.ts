import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '#contracts';
import { BodyStream } from './body-stream.ts';

const STALL_MS = 1_000;
const MIB = Buffer.alloc(1024 * 1024);

function bodyOf(bytes: number | undefined, signal?: AbortSignal): { source: PassThrough; body: BodyStream } {
  const source = new PassThrough({ highWaterMark: MIB.length });
  const asFailure = (thrown: unknown): Failure => new Failure('unavailable', String(thrown));
  const body = new BodyStream(source, {
    url: 's3://b/k',
    bytes,
    stallTimeoutMs: STALL_MS,
    signal,
    asFailure,
  });
  return { source, body };
}

describe('the body of an answer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('ends when every announced byte has come', async () => {
    const { source, body } = bodyOf(4);
    source.write('ab');
    source.end('cd');
    expect(Buffer.concat(await body.toArray()).toString()).toBe('abcd');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that ends early has not ended well', async () => {
    const { source, body } = bodyOf(5);
    source.end('abcd');
    await expect(body.toArray()).rejects.toMatchObject({
      code: 'unavailable',
      message: 's3://b/k ended after 4 of 5 bytes',
    });
  });

  it('of unknown length ends where the server says', async () => {
    const { source, body } = bodyOf(undefined);
    source.end();
    expect(await body.toArray()).toEqual([]);
  });

  it.each(['destroyed', 'destroyed with an error'])('whose connection is %s fails', async (how) => {
    const { source, body } = bodyOf(5);
    const all = body.toArray();
    source.write('ab');
    source.destroy(how === 'destroyed' ? undefined : new Error('reset'));
    await expect(all).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails when the server is silent for too long, and closes the connection', async () => {
    const { source, body } = bodyOf(5);
    body.read(0);
    vi.runOnlyPendingTimers();
    await expect(finished(body)).rejects.toMatchObject({
      code: 'unavailable',
      message: 's3://b/k sent nothing for 1000 ms after 0 of 5 bytes',
    });
    expect(source.destroyed).toBe(true);
  });

  it('waits for a slow reader as long as it likes', async () => {
    const { source, body } = bodyOf(3 * MIB.length);
    body.read(0);
    source.write(MIB);
    source.write(MIB);
    await vi.waitFor(() => expect(source.isPaused()).toBe(true));
    vi.advanceTimersByTime(100 * STALL_MS);
    source.end(MIB);
    expect(Buffer.concat(await body.toArray())).toHaveLength(3 * MIB.length);
  });

  it('closes the connection when nobody wants the rest', async () => {
    const { source, body } = bodyOf(5);
    body.destroy();
    expect(source.destroyed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fails with the reason of an abort', async () => {
    const abort = new AbortController();
    const { source, body } = bodyOf(5, abort.signal);
    const reason = new Error('the lane was taken away');
    abort.abort(reason);
    await expect(finished(body)).rejects.toBe(reason);
    expect(source.destroyed).toBe(true);
  });
});
