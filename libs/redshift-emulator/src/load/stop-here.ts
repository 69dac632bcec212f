import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Faults } from '../faults.ts';
import type { Stage } from '../statements/plan.ts';
import { StatementError } from '../wire/server-message.ts';

type Stop = NonNullable<ReturnType<Faults['nextCopy']>>;

/** The bytes up to where the COPY is to stop, and then the trouble. */
export function stopHere(body: Readable, { afterBytes, how }: Stop, stage: Stage): Readable {
  let seen = 0;
  const stopped = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      seen += chunk.length;
      if (seen <= afterBytes) return done(null, chunk);
      if (how === 'cut') stage.hangUp();
      if (how !== 'hang') return done(new StatementError(STOPPED));
      // nothing comes any more, until the client cancels or the connection ends
    },
  });
  const giveUp = (): void => void stopped.destroy(new StatementError(STOPPED));
  stage.signal.addEventListener('abort', giveUp, { once: true });
  body.once('error', (error) => stopped.destroy(error));
  // After a cut nobody reads it any more, and its end must not be the emulator's.
  stopped.on('error', () => undefined);
  return body.pipe(stopped);
}

const STOPPED = {
  sqlState: 'XX000',
  message: 'S3ServiceException:the emulator was asked to stop this COPY',
};
