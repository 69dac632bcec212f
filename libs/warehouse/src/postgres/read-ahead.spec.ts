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
    const { open: openNext } = readAhead(files, open);
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
    const { open: openNext } = readAhead(files, open);
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
    if (first) await readAhead(files, open).open(first, { signal });
    expect(opened).toEqual(['k0']);
  });

  it('opens the next large file when the last byte of this one has arrived', async () => {
    const { open, opened } = store();
    const files = refs(3, 1_000_000);
    const [first, second] = files;
    if (!first || !second) throw new Error('no files');
    const ahead = readAhead(files, open);
    await text((await ahead.open(first, { signal })).body);
    expect(opened).toEqual(['k0', 'k1']);
    expect(await text((await ahead.open(second, { signal })).body)).toBe('k1');
    expect(opened).toEqual(['k0', 'k1', 'k2']);
  });

  it('opens a file again that was cut while it waited', async () => {
    const files = refs(2, 1_000_000);
    const [first, second] = files;
    if (!first || !second) throw new Error('no files');
    const bodies: Readable[] = [];
    const ahead = readAhead(files, async (ref) => {
      const body = Readable.from([Buffer.from(ref.key)]);
      bodies.push(body);
      return { body, info: ref };
    });
    await text((await ahead.open(first, { signal })).body);
    bodies.at(-1)?.destroy(new Failure('unavailable', 'cut'));
    expect(await text((await ahead.open(second, { signal })).body)).toBe('k1');
    expect(bodies).toHaveLength(3);
  });

  it('lets go of what nobody asked for', async () => {
    const opened: Readable[] = [];
    const files = refs(2, 1_000_000);
    const [first] = files;
    if (!first) throw new Error('no files');
    const ahead = readAhead(files, async (ref) => {
      const body = Readable.from([Buffer.from(ref.key)]);
      opened.push(body);
      return { body, info: ref };
    });
    await text((await ahead.open(first, { signal })).body);
    ahead.close();
    await new Promise(setImmediate);
    expect(opened.at(-1)?.destroyed).toBe(true);
  });

  it('fetches small files before anybody asks', async () => {
    const { open, opened } = store();
    readAhead(refs(2), open).begin(signal);
    expect(opened).toEqual(['k0', 'k1']);
  });

  it('opens a file again when it is asked for again', async () => {
    const { open, opened } = store();
    const files = refs(1);
    const { open: openNext } = readAhead(files, open);
    for (const file of [...files, ...files])
      expect(await text((await openNext(file, { signal })).body)).toBe('k0');
    expect(opened).toEqual(['k0', 'k0']);
  });
});
