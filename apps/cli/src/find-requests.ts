import type { LoadId, LoadRequested } from '#contracts';
import { Failure } from '#contracts';
import type { RecordedEvent } from '#kafka';

/** On a message that was sent again: where the original is, as `topic/partition/offset`. */
export const REPLAY_OF = 'replay-of';

/** loads that one command sends again; each is held in memory with its plan */
const LOADS_MAX = 10_000;

export type FoundRequest = {
  readonly event: LoadRequested;
  readonly key: string;
  readonly place: string;
  /** when it was announced, epoch ms */
  readonly at: number;
};

export type RequestFilter = {
  readonly keys?: ReadonlySet<string> | undefined;
  readonly loadIds?: ReadonlySet<LoadId> | undefined;
  /** from ≤ time of the announcement < to, epoch ms */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

/**
 * The loads asked for, each once, in the order of their first announcement, so that loads of one table are
 * sent again in the order in which they ran; what a repeated announcement says is newer and wins. Messages
 * that are replays themselves are left out, or a second replay would send again what the first one sent.
 * @throws Failure options-invalid when there are too many
 */
export async function findRequests(
  events: AsyncIterable<RecordedEvent>,
  filter: RequestFilter,
): Promise<readonly FoundRequest[]> {
  const found = new Map<LoadId, FoundRequest>();
  for await (const recorded of events) {
    const { event, key, topic, partition, offset, timestamp } = recorded;
    if (event.type !== 'load-requested' || !fits(recorded, event, filter)) continue;
    found.set(event.loadId, { event, key, place: `${topic}/${partition}/${offset}`, at: timestamp });
    if (found.size > LOADS_MAX) throw tooMany();
  }
  return [...found.values()];
}

function fits({ key, headers, timestamp }: RecordedEvent, event: LoadRequested, filter: RequestFilter) {
  const { keys, loadIds, from = -Infinity, to = Infinity } = filter;
  if (headers[REPLAY_OF] !== undefined) return false;
  if (timestamp < from || timestamp >= to) return false;
  return (keys?.has(key) ?? true) && (loadIds?.has(event.loadId) ?? true);
}

function tooMany(): Failure {
  return new Failure('options-invalid', `more than ${LOADS_MAX} loads are selected`, {
    remedy: 'Select fewer with --table, --from and --to, and go on with the next ones after that.',
  });
}
