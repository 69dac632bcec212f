import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { Failure, parseETag } from '#contracts';
import type { FileRef } from '#contracts';
import type { OpenFile } from './copy-file.ts';
import { readAhead } from './read-ahead.ts';

const { signal } = new AbortController();

function refs(count: number, size = 10): FileRef[] {
  return Array.from({ length: count }, (_, n) => ({
    bucket: 'b',
    key: `k${n}`,
    etag: parseETag('e'),
    size,
    lastModified: 0,
  }));
}

function store(): { readonly open: OpenFile; readonly opened: string[] } {
  const opened: string[] = [];
  const open: OpenFile = async (ref) => {
    opened.push(ref.key);
    if (ref.key === 'k3') throw new Failure('file-missing', 'gone');
    return { body: Readable.from([Buffer.from(ref.key)]), info: ref };
  };
  return { open, opened };
}

describe('reading ahead', () => {
  it('hands out every file once, in its turn, and opens no more than a few before theirs', async () => {
    const { open, opened } = store();
    const files = refs(30).filter((ref) => ref.key !== 'k3');
    const openNext = readAhead(files, open);
    for (const [turn, file] of files.entries()) {
      const { body } = await openNext(file, { signal });
      expect(await text(body)).toBe(file.key);
      expect(opened.length).toBeLessThanOrEqual(turn + 9);
    }
    expect([...opened].sort()).toEqual(files.map((file) => file.key).sort());
  });

  it('tells a failure in the turn of its file', async () => {
    const { open } = store();
    const files = refs(5);
    const openNext = readAhead(files, open);
    const outcomes = [];
    for (const file of files)
      outcomes.push(
        await openNext(file, { signal }).then(
          () => 'ok',
          (thrown: Failure) => thrown.code,
        ),
      );
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'file-missing', 'ok']);
  });

  it('leaves large files to their turn', async () => {
    const { open, opened } = store();
    const files = refs(3, 1_000_000);
    const [first] = files;
    if (first) await readAhead(files, open)(first, { signal });
    expect(opened).toEqual(['k0']);
  });

  it('opens a file again when it is asked for again', async () => {
    const { open, opened } = store();
    const files = refs(1);
    const openNext = readAhead(files, open);
    for (const file of [...files, ...files])
      expect(await text((await openNext(file, { signal })).body)).toBe('k0');
    expect(opened).toEqual(['k0', 'k0']);
  });
});
