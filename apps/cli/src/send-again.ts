import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '#contracts';
import type { KafkaClient } from '#kafka';
import { REPLAY_OF } from './find-requests.ts';
import type { FoundRequest } from './find-requests.ts';

/** A service waits for a broker that is away; a person at a terminal should hear of it. */
const ACKNOWLEDGED_WITHIN_MS = 60_000;

/**
 * Publishes the requests once more, in their order. `retry` is always set: a person asked, so earlier
 * failures of the same files do not silence the load. Resolves when the broker has all of them.
 * @throws Failure; what was sent by then stays sent, and sending it again does no harm
 */
export async function sendAgain(
  kafka: KafkaClient,
  requests: readonly FoundRequest[],
  how: { readonly force: boolean; readonly now: number },
): Promise<void> {
  const publisher = kafka.publisher();
  await publisher.start();
  const sent = requests.map(({ event, key, place }) =>
    publisher.publish({ ...event, requestedAt: how.now, retry: true, force: how.force }, key, {
      [REPLAY_OF]: place,
    }),
  );
  await acknowledged(Promise.all(sent));
}

/** @throws Failure unavailable when the broker takes too long */
export async function acknowledged<T>(sending: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(ACKNOWLEDGED_WITHIN_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Failure('unavailable', `Kafka did not acknowledge within ${ACKNOWLEDGED_WITHIN_MS} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([sending, late]);
  } finally {
    stop.abort();
  }
}
