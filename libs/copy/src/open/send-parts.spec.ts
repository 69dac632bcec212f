import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { sendParts } from './send-parts.ts';

async function* parts(of: readonly string[], fails?: Error): AsyncGenerator<Buffer> {
  for (const part of of) yield await Promise.resolve(Buffer.from(part));
  if (fails) throw fails;
}

async function* readAll(source: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield Buffer.from(String(chunk));
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

  it('fails with the error of a source that broke before anybody read', async () => {
    const source = silent();
    const body = sendParts(readAll(source), source);
    const cut = new Error('cut');
    source.destroy(cut);
    await new Promise(setImmediate);
    await expect(text(body)).rejects.toBe(cut);
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
    const body = sendParts(readAll(source), source);
    body.resume();
    await new Promise(setImmediate);
    body.destroy();
    await once(body, 'close');
    expect(source.destroyed).toBe(true);
  });
});
