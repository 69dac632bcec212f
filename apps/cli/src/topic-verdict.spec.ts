import { describe, expect, it } from 'vitest';
import type { TopicState } from '#kafka';
import { examineTopics } from './doctor/examine-topics.ts';
import { mayServe, printTopics, verdictOf } from './topic-verdict.ts';

const DAY = 86_400_000;

function state(more: Partial<TopicState> = {}): TopicState {
  const plan = { topic: 'p.load-requested', retentionMs: -1, cleanup: 'delete' } as const;
  return {
    ...plan,
    partitions: 12,
    partitionsWanted: 12,
    actual: { retentionMs: -1, cleanup: 'delete' },
    ...more,
  };
}

function kept(retentionMs: number, wanted: number): TopicState {
  return state({ retentionMs: wanted, actual: { retentionMs, cleanup: 'delete' } });
}

describe('a topic', () => {
  it.each([
    ['as planned', state(), 'ok', true],
    ['that is not there', { ...state(), partitions: 0 }, 'missing', false],
    ['with other partitions', state({ partitions: 6 }), 'other-partitions', false],
    ['that forgets what is to be kept for ever', kept(7 * DAY, -1), 'short-retention', true],
    ['that forgets sooner', kept(DAY, 30 * DAY), 'short-retention', true],
    ['that keeps longer', kept(60 * DAY, 30 * DAY), 'ok', true],
    ['that keeps for ever', kept(-1, 30 * DAY), 'ok', true],
  ])('%s', (_what, topic, kind, serves) => {
    const verdict = verdictOf(topic);
    expect(verdict.kind).toBe(kind);
    expect(mayServe(verdict)).toBe(serves);
  });

  it('is printed with what is wrong with it', () => {
    const text = printTopics([state(), kept(7 * DAY, -1), state({ partitions: 6 })]);
    expect(text.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'topic | partitions | kept | cleanup | verdict',
      'p.load-requested | 12 | for ever | delete | ok',
      'p.load-requested | 12 | 7 d | delete | keeps 7 d, not for ever',
      'p.load-requested | 6 | for ever | delete | has 6 partitions, not 12',
    ]);
  });
});

describe('the doctor on topics', () => {
  const states = (findings: ReturnType<typeof examineTopics>) =>
    findings.map(({ check, state: found }) => `${check}: ${found}`);

  it('finds nothing wrong with topics as planned', () => {
    expect(states(examineTopics([state()]))).toEqual(['topics: ok', 'partitions: ok', 'retention: ok']);
  });

  it('says that requests which are forgotten cannot be replayed, but only notes what tells the past', () => {
    const past = { ...kept(DAY, 30 * DAY), topic: 'p.load-completed' };
    const findings = examineTopics([kept(7 * DAY, -1), past]);
    expect(states(findings)).toEqual(['topics: ok', 'partitions: ok', 'retention: wrong', 'retention: note']);
    expect(findings[2]?.remedy).toContain('retention.ms of p.load-requested to -1');
  });

  it('names every missing topic', () => {
    const findings = examineTopics([{ ...state(), partitions: 0 }, state({ topic: 'p.b', partitions: 0 })]);
    expect(findings[0]).toMatchObject({ state: 'wrong', says: 'missing: p.load-requested, p.b' });
  });
});
