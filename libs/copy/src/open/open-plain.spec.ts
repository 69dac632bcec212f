import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { Compression } from '../copy-options.ts';
import { openPlain } from './open-plain.ts';

// `printf '1\n2\n3\n' | zstd`, `| bzip2`
const ZSTD = Buffer.from('KLUv/QBYMQAAMQoyCjMK', 'base64');
const BZIP2 = Buffer.from('QlpoOTFBWSZTWRJdn4oAAAHIAAAQOAAgACGaaDNNHLeLuSKcKEgJLs/FAA==', 'base64');
const TEXT = '1\n2\n3\n';

async function read(bytes: Buffer, declared: Compression, chunk = 3): Promise<string> {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunk) parts.push(bytes.subarray(at, at + chunk));
  const out: Buffer[] = [];
  const source = { url: 's3://b/k', bytes: Readable.from(parts, { objectMode: false }) };
  for await (const part of openPlain(source, declared)) out.push(part);
  return Buffer.concat(out).toString();
}

describe('openPlain', () => {
  it.each<[Compression, Buffer]>([
    ['none', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['zstd', ZSTD],
    ['bzip2', BZIP2],
  ])('reads %s, also as several members one after another', async (compression, bytes) => {
    expect(await read(bytes, compression)).toBe(TEXT);
    expect(await read(Buffer.concat([bytes, bytes]), compression)).toBe(TEXT + TEXT);
  });

  it('reads an empty file as empty, whatever is declared', async () => {
    expect(await read(Buffer.alloc(0), 'gzip')).toBe('');
  });

  it.each<[string, Buffer, Compression, string]>([
    ['plain, declared GZIP (vector 42)', Buffer.from(TEXT), 'gzip', 'declared GZIP, but the file is not'],
    ['gzip, undeclared', gzipSync(TEXT), 'none', 'the file is gzip, but no compression is declared'],
    ['zstd, declared BZIP2', ZSTD, 'bzip2', 'declared BZIP2, but the file is zstd'],
    ['a gzip cut short', gzipSync(TEXT).subarray(0, -9), 'gzip', 'cut short or damaged'],
    ['a zstd cut short', ZSTD.subarray(0, -3), 'zstd', 'cut short or damaged'],
    ['a bzip2 cut short', BZIP2.subarray(0, -12), 'bzip2', 'cut short or damaged'],
  ])('refuses %s as file-unreadable, naming the file and a remedy', async (_what, bytes, declared, says) => {
    const failure = await read(bytes, declared).catch((thrown: unknown) => thrown);
    if (!(failure instanceof Failure)) throw new Error('no Failure');
    expect(failure.code).toBe('file-unreadable');
    expect(failure.message).toContain('s3://b/k');
    expect(failure.message).toContain(says);
    expect(failure.remedy).toMatch(/upload|add/i);
  });

  it.each<Compression>(['none', 'gzip', 'zstd', 'bzip2'])(
    'hands on the failure of the source itself under %s',
    async (compression) => {
      const lost = new Failure('unavailable', 'the connection broke');
      const whole = { none: Buffer.from(TEXT.repeat(9)), gzip: gzipSync(TEXT), zstd: ZSTD, bzip2: BZIP2 };
      const head = compression === 'lzop' ? ZSTD : whole[compression].subarray(0, 12);
      const bytes = Readable.from(
        (async function* () {
          yield head;
          await Promise.resolve();
          throw lost;
        })(),
        { objectMode: false },
      );
      const reading = (async () => {
        for await (const part of openPlain({ url: 's3://b/k', bytes }, compression)) part.toString();
      })();
      await expect(reading).rejects.toBe(lost);
    },
  );
});
