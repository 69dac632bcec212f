import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Submittable } from 'pg';
import { from } from 'pg-copy-streams';

/** bytes waiting for the socket before the source is held back */
const WAITING_MAX = 1 << 20;

/**
 * Streams `body` into `copy … from stdin` with backpressure; resolves with the row count once the
 * server is ready for the next statement. When `body` fails, the server is told (CopyFail) and forgets
 * the rows; when the server refuses, `body` is destroyed. Either way the connection is out of COPY mode
 * afterwards: pg sends the next statement only after the server's ReadyForQuery.
 * @throws the first error: the body's own, or the server's
 */
export async function copyIn(
  submit: <S extends Submittable>(statement: S) => S,
  text: string,
  body: Readable,
): Promise<number> {
  const sink = submit(from(text, { highWaterMark: WAITING_MAX }));
  // Destroyed streams may fail once more after the pipeline has settled, when nobody listens any longer.
  body.on('error', () => undefined);
  sink.on('error', () => undefined);
  await pipeline(body, sink);
  return sink.rowCount;
}
