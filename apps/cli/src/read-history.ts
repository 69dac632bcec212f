import type { EventType } from '#contracts';
import { History } from '#history';
import { requireTopics } from './require-topics.ts';
import type { Toolbox } from './toolbox.ts';

/** events that one command reads; a minute or two of reading */
const EVENTS_MAX = 5_000_000;

export type KnownHistory = {
  readonly history: History;
  /** false: not everything since then could be read or remembered, so counts are too small */
  readonly isComplete: boolean;
};

/** Folds what the topics tell since a time (epoch ms). */
export async function readHistory(
  tools: Toolbox,
  query: { readonly types: readonly EventType[]; readonly since: number },
): Promise<KnownHistory> {
  await requireTopics(tools, query.types);
  const history = new History();
  const from = { kind: 'timestamp', timestamp: query.since } as const;
  let read = 0;
  for await (const recorded of tools.kafka.readEvents({ types: query.types, from })) {
    history.add(recorded);
    read += 1;
    if (read >= EVENTS_MAX) break;
  }
  return { history, isComplete: read < EVENTS_MAX && history.forgotten === 0 };
}
