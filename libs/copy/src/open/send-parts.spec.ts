import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { sendParts } from './send-parts.ts';

async function* parts(of: readonly string[], fails?: Error): AsyncGenerator<Buffer> {
  for (const part of of) yield await Promise.resolve(Buffer.from(part));
  if (fails) throw fails;
}

function silent(): Readable {
  return new Readable({ read: () => undefined });
}

describe('sendParts', () => {
  it('sends what the generator yields, empty parts too', async () => {
    expect(await text(sendParts(parts(['a', '', 'b', '']), silent()))).toBe('ab');
  });

  it('fails with the very error of the generator', async () => {
    const lost = new Error('lost');
    await expect(text(sendParts(parts(['a'], lost), silent()))).rejects.toBe(lost);
  });

  it('pulls no more than it may keep ready', async () => {
    let pulled = 0;
    const endless = (async function* () {
      for (;;) {
        pulled += 1;
        yield await Promise.resolve(Buffer.alloc(100_000));
      }
    })();
    const body = sendParts(endless, silent());
    await once(body, 'readable');
    await new Promise(setImmediate);
    expect(pulled).toBeLessThan(6);
    body.destroy();
  });

  it('destroyed while the source is silent, it destroys the source and closes', async () => {
    const source = silent();
    const waiting = (async function* () {
      for await (const chunk of source) yield Buffer.from(String(chunk));
    })();
    const body = sendParts(waiting, source);
    body.resume();
    await new Promise(setImmediate);
    body.destroy();
    await once(body, 'close');
    expect(source.destroyed).toBe(true);
  });
});
