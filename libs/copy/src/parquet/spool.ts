import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#contracts';

/** A columnar file is read at many places, so it lies in the temporary directory while it is loaded. */
export const SPOOL_BYTES_MAX = 8 * 1024 ** 3;

export type Spool = {
  /** bytes */
  readonly size: number;
  /** exactly these bytes. @throws RangeError when the file ends before */
  readonly read: (start: number, end: number) => Promise<Buffer>;
  readonly close: () => Promise<void>;
};

/**
 * Writes the bytes to a temporary file without a name: it is gone when it is closed, or the process ends.
 * @throws Failure `file-unreadable` beyond SPOOL_BYTES_MAX, `unavailable` when the disk is full
 */
export async function spool(bytes: AsyncIterable<Buffer>, url: string): Promise<Spool> {
  const path = join(tmpdir(), `dopplershift-${randomUUID()}.spool`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    const size = await writeAll(file, bytes, url);
    return {
      size,
      read: (start, end) => readExactly(file, start, end),
      close: () => file.close(),
    };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

async function writeAll(file: FileHandle, bytes: AsyncIterable<Buffer>, url: string): Promise<number> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > SPOOL_BYTES_MAX)
      throw new Failure('file-unreadable', `${url}: a columnar file may have 8 GiB at most`, {
        remedy: 'Write several smaller files.',
      });
    await write(file, chunk, url);
  }
  return size;
}

async function write(file: FileHandle, chunk: Buffer, url: string): Promise<void> {
  try {
    await file.writeFile(chunk);
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'ENOSPC') throw cause;
    throw new Failure('unavailable', `${url}: the temporary directory has no room for this file`, { cause });
  }
}

async function readExactly(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, end - start));
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new RangeError(`the file ends before byte ${end}`);
    done += bytesRead;
  }
  return bytes;
}
