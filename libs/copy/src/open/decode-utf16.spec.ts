import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { Encoding } from '../copy-options.ts';
import { decodeUtf16 } from './decode-utf16.ts';

async function decode(bytes: Buffer, encoding: Exclude<Encoding, 'utf8'>): Promise<Buffer> {
  const parts = [...bytes].map((byte) => Buffer.from([byte]));
  const out: Buffer[] = [];
  for await (const part of decodeUtf16(Readable.from(parts, { objectMode: false }), {
    encoding,
    url: 's3://b/k',
  }))
    out.push(part);
  return Buffer.concat(out);
}

const LE = Buffer.from('\ufeffé|😀\n', 'utf16le');
const BE = Buffer.from(LE).swap16();

describe('decodeUtf16', () => {
  it.each<[Exclude<Encoding, 'utf8'>, Buffer]>([
    ['utf16', LE],
    ['utf16', BE],
    ['utf16le', LE],
    ['utf16be', BE],
  ])('reads %s by its byte order mark, however the bytes are cut', async (encoding, bytes) => {
    expect((await decode(bytes, encoding)).toString()).toBe('é|😀\n');
  });

  it.each<[Exclude<Encoding, 'utf8'>, Buffer]>([
    ['utf16', LE.subarray(2)],
    ['utf16be', LE],
    ['utf16le', BE],
    ['utf16', Buffer.from('x')],
  ])('refuses %s without its mark with error 1221 (vector 40)', async (encoding, bytes) => {
    const failure = await decode(bytes, encoding).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'copy-rejected', rejected: [{ line: 1, copyError: 1221 }] });
  });

  it('leaves an unpaired surrogate as invalid UTF-8, for the row to be refused', async () => {
    const bytes = await decode(Buffer.from('\ufeffa\ud800b', 'utf16le'), 'utf16');
    expect(bytes.includes(0xff)).toBe(true);
  });
});
