import type { Readable } from 'node:stream';
import { Failure } from '#contracts';

/**
 * Reads a stream to its end. @throws Failure `file-unreadable` as soon as it has more than `sizeMax` bytes
 */
export async function readBody(body: Readable, at: { url: string; sizeMax: number }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size > at.sizeMax) throw tooBig(at, size);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}

export function tooBig(at: { url: string; sizeMax: number }, size: number): Failure {
  return new Failure(
    'file-unreadable',
    `${at.url} has ${size} bytes or more; at most ${at.sizeMax} are read`,
    {
      remedy: 'Check what was uploaded there; an object of this kind is small.',
    },
  );
}
