import { TOPICS } from '#contracts';
import type { TopicState } from '#kafka';
import { verdictOf } from '../topic-verdict.ts';
import { note, ok, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

/** Existence, partitions and retention of all topics, one finding each unless something is wrong. */
export function examineTopics(states: readonly TopicState[]): readonly Finding[] {
  const judged = states.map((state) => ({ state, verdict: verdictOf(state) }));
  const missing = judged.filter(({ verdict }) => verdict.kind === 'missing').map(({ state }) => state.topic);
  const others = judged.filter(({ verdict }) => verdict.kind === 'other-partitions');
  const [first] = states;
  const findings: Finding[] = [];
  if (missing.length > 0)
    findings.push(wrong('topics', `missing: ${missing.join(', ')}`, 'dopplershift topics --create'));
  else findings.push(ok('topics', `all ${states.length} are there`));
  if (others.length > 0) {
    const named = others.map(({ state, verdict }) => `${state.topic} ${verdict.says}`).join('; ');
    findings.push(wrong('partitions', named, PARTITIONS));
  } else findings.push(ok('partitions', `${first?.partitionsWanted ?? 0} each`));
  const short = judged.filter(({ verdict }) => verdict.kind === 'short-retention');
  if (short.length === 0) findings.push(ok('retention', 'as planned'));
  else findings.push(...short.map(({ state, verdict }) => shortRetention(state, verdict.says)));
  return findings;
}

const PARTITIONS =
  'Set kafka.partitions to the number the topics have; it is fixed for life, since keys would change places.';

/**
 * Requests are what a restore is replayed from, and the archive and the ledger are kept for them; the
 * other topics only tell the past.
 */
function shortRetention({ topic, retentionMs }: TopicState, says: string): Finding {
  const remedy = `Set retention.ms of ${topic} to ${retentionMs}.`;
  if (retentionMs === TOPICS['load-requested'].retentionMs)
    return wrong(
      'retention',
      `${topic} ${says}: what is older cannot be replayed, though archive and ledger hold it`,
      `${remedy} At least as long as the oldest backup you would restore.`,
    );
  return note('retention', `${topic} ${says}`, remedy);
}
