import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure, silentLog } from '#contracts';
import type { Log } from '#contracts';
import { LIMITS, Member, TestGroup, away, busy, settle } from './group-fixture.ts';
import { LANE_LIMITS } from './lane-limits.ts';
import type { TopicPartition } from './raw-message.ts';

describe('offsets', () => {
  it('are committed up to the lowest unfinished message, however the others end', async () => {
    const group = new TestGroup(1);
    for (const key of ['a', 'b', 'c']) group.write(0, key);
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    member.attempts.find(({ message }) => message.offset === 1n)?.end();
    await settle();
    expect(group.committedOf(0)).toBe(0n);
    member.attempts.find(({ message }) => message.offset === 0n)?.end();
    await settle();
    expect(group.committedOf(0)).toBe(2n);
  });

  it('are committed again after a commit that failed', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    let tries = 0;
    const asked: bigint[] = [];
    const host = {
      pause: () => undefined,
      resume: () => undefined,
      seek: () => undefined,
      firstKept: async () => 0n,
      startOffsets: async (at: readonly TopicPartition[]) =>
        at.map(({ topic, partition }) => ({ topic, partition, offset: 0n })),
      commit: async (offsets: readonly { offset: bigint }[]) => {
        tries += 1;
        if (tries === 1) throw new Error('not now');
        asked.push(...offsets.map(({ offset }) => offset));
      },
    };
    const member = new Member('m', group, { host });
    await member.joinAndFetch([0]);
    member.attempts[0]?.end();
    await settle();
    expect(asked).toEqual([]);
    group.clock.pass(LANE_LIMITS.commitRetryMs);
    await settle();
    expect(asked).toEqual([1n]);
  });

  it('are committed at most once per interval, and at once when the lanes stop', async () => {
    const group = new TestGroup(1);
    for (const key of ['a', 'b', 'c']) group.write(0, key);
    const member = new Member('m', group, { limits: LANE_LIMITS });
    await member.joinAndFetch([0]);
    const end = async (offset: bigint): Promise<void> => {
      member.attempts.find(({ message }) => message.offset === offset)?.end();
      await settle();
    };
    await end(0n);
    expect(group.committedOf(0)).toBe(1n);
    await end(1n);
    expect(group.committedOf(0)).toBe(1n);
    group.clock.pass(LANE_LIMITS.commitIntervalMs);
    await settle();
    expect(group.committedOf(0)).toBe(2n);
    await end(2n);
    await member.core.stop(0);
    expect(group.committedOf(0)).toBe(3n);
  });

  it('name the crash point before they are sent', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    const tripped: string[] = [];
    const member = new Member('m', group, {
      trip: (point) => tripped.push(`${point} with ${group.committedOf(0)} committed`),
    });
    await member.joinAndFetch([0]);
    member.attempts[0]?.end();
    await settle();
    expect(tripped).toEqual(['before-offset-commit with 0 committed']);
  });
});

describe('a failed try', () => {
  it('comes again with the next number; a service that was away does not count', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    const numbers: number[] = [];
    for (const failure of [busy(), away(), new Failure('internal', 'x'), new Failure('load-timeout', 'y')]) {
      numbers.push(member.attempts[0]?.lane.attempt ?? 0);
      member.attempts[0]?.end(failure);
      await settle();
      group.clock.pass(10_000);
      await settle();
    }
    numbers.push(member.attempts[0]?.lane.attempt ?? 0);
    expect(numbers).toEqual([1, 1, 1, 2, 3]);
    expect(member.reports.map(({ outcome, code }) => `${outcome} ${code ?? ''}`)).toEqual([
      'failed unavailable',
      'failed unavailable',
      'failed internal',
      'failed load-timeout',
    ]);
  });

  it('of one key leaves the circuit closed when only the key is concerned', async () => {
    const group = new TestGroup(1);
    for (const key of ['a', 'b']) group.write(0, key);
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    member.attempts[0]?.end(busy());
    await settle();
    expect(member.core.state().openCircuits).toEqual([]);
    member.attempts[0]?.end(away());
    await settle();
    expect(member.core.state().openCircuits).toMatchObject([{ group: 'main' }]);
  });
});

describe('a full window', () => {
  const limits = { ...LIMITS, windowOffsetsMax: 4 };

  it('pauses its partition only, and lets it go on when half of it is done', async () => {
    const group = new TestGroup(2);
    for (let index = 0; index < 9; index += 1) group.write(0, 'a');
    group.write(1, 'b');
    const member = new Member('m', group, { limits });
    await member.joinAndFetch([0, 1]);
    expect([...member.paused]).toEqual(['t/0']);
    expect(member.running()).toEqual(['a0', 'b0']);
    expect(member.core.state().partitions[0]).toMatchObject({ lag: 9, paused: 'window-full' });
    for (let ended = 0; ended < 9; ended += 1) {
      member.attempts.find(({ message }) => message.partition === 0)?.end();
      await settle();
      member.fetch();
    }
    expect(group.committedOf(0)).toBe(9n);
    expect([...member.paused]).toEqual([]);
  });

  it('is full by bytes as well', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a', 'x'.repeat(100));
    group.write(0, 'b');
    const member = new Member('m', group, { limits: { ...LIMITS, windowBytesMax: 100 } });
    await member.joinAndFetch([0]);
    expect(member.running()).toEqual(['a0']);
    member.attempts[0]?.end();
    await settle();
    member.fetch();
    expect(member.running()).toEqual(['b1']);
  });
});

describe('the budget of all windows', () => {
  const limits = { ...LIMITS, windowBytesTotalMax: 400 };

  it('stops who holds much, not who holds little, and what one gives back another takes', async () => {
    const group = new TestGroup(2);
    for (let index = 0; index < 4; index += 1) group.write(0, `a${index}`, 'x'.repeat(98));
    for (let index = 0; index < 4; index += 1) group.write(1, `b${index}`, 'x'.repeat(48));
    const member = new Member('m', group, { limits: { ...limits, slotsOf: () => 9 } });
    await member.joinAndFetch([0, 1]);
    expect(member.running()).toEqual(['a00', 'a11', 'b00', 'b11']);
    expect(member.core.state().partitions.map(({ paused }) => paused)).toEqual([
      'window-full',
      'window-full',
    ]);
    for (const attempt of member.attempts.slice(0, 2)) attempt.end();
    await settle();
    expect([...member.paused]).toEqual([]);
    member.fetch();
    expect(member.running()).toEqual(['b00', 'b11', 'a22', 'b22']);
  });

  it('is given back by a partition that is lost', async () => {
    const group = new TestGroup(2);
    for (const partition of [0, 1])
      for (let index = 0; index < 3; index += 1) group.write(partition, `k${index}`, 'x'.repeat(98));
    const member = new Member('m', group, { limits: { ...limits, slotsOf: () => 9 } });
    await member.joinAndFetch([0, 1]);
    expect([...member.paused].toSorted()).toEqual(['t/0', 't/1']);
    member.join([1]);
    await settle();
    expect(member.paused.has('t/1')).toBe(false);
  });

  it('is kept but for one message of each partition, and nobody waits for ever', async () => {
    const written = fc.array(fc.record({ partition: fc.nat(3), bytes: fc.nat(300) }), { maxLength: 60 });
    const budget = fc.integer({ min: 1, max: 1_500 });
    await fc.assert(
      fc.asyncProperty(written, budget, fc.infiniteStream(fc.nat()), async (wanted, most, picks) => {
        const group = new TestGroup(4);
        for (const { partition, bytes } of wanted)
          group.write(partition, `${partition}-${bytes % 3}`, 'x'.repeat(bytes));
        const member = new Member('m', group, { limits: { ...limits, windowBytesTotalMax: most } });
        await member.joinAndFetch([0, 1, 2, 3]);
        for (let turn = 0; turn < 200 && !group.isCommitted(); turn += 1) {
          const held = member.core.state().heldBytes;
          expect(held).toBeLessThanOrEqual(most + 4 * 303);
          const [pick = 0] = picks.take(1);
          member.attempts[pick % Math.max(1, member.attempts.length)]?.end();
          await settle();
          member.fetch();
        }
        expect(group.broken).toEqual([]);
        expect(group.isCommitted()).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a partition', () => {
  it('that stays does not see its running work again', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    group.write(0, 'b');
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    await member.joinAndFetch([0]);
    expect(member.running()).toEqual(['a0', 'b1']);
    for (const attempt of member.attempts.slice()) attempt.end();
    await settle();
    expect(group.committedOf(0)).toBe(2n);
  });

  it('that is lost drops what waits, and what runs is aborted after the grace period', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    group.write(0, 'a');
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    await member.joinAndFetch([]);
    const [attempt] = member.attempts;
    expect(attempt?.lane.signal.aborted).toBe(false);
    group.clock.pass(LANE_LIMITS.revokeGraceMs);
    expect(attempt?.lane.signal.aborted).toBe(true);
    attempt?.end(away());
    await settle();
    expect(member.attempts).toEqual([]);
    expect(member.reports.at(-1)?.outcome).toBe('dropped');
    expect(member.core.state().lanes.messages).toBe(0);
    expect(member.core.state().openCircuits).toEqual([]);
  });

  it('that comes back takes up its running work, which is then not aborted', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    await member.joinAndFetch([]);
    group.clock.pass(1_000);
    await member.joinAndFetch([0]);
    group.clock.pass(LANE_LIMITS.revokeGraceMs);
    expect(member.attempts.map(({ lane }) => lane.signal.aborted)).toEqual([false]);
    member.attempts[0]?.end();
    await settle();
    expect(group.committedOf(0)).toBe(1n);
  });

  it('is owned for as long as nobody else had it', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    group.clock.pass(5_000);
    await member.joinAndFetch([0]);
    group.write(0, 'b');
    member.fetch();
    expect(member.attempts.at(-1)?.lane.ownedForMs).toBe(5_000);
    member.id = 'thrown out and back';
    await member.joinAndFetch([0]);
    group.write(0, 'c');
    member.fetch();
    expect(member.attempts.at(-1)?.lane.ownedForMs).toBe(0);
  });

  it('does not take a batch that was fetched from beyond its beginning', async () => {
    const group = new TestGroup(1);
    for (const key of ['a', 'b', 'c']) group.write(0, key);
    const member = new Member('m', group);
    member.join([0]);
    const stale = { topic: 't', partition: 0, end: 3n };
    const messages = group.logs[0]?.slice(2) ?? [];
    expect(member.core.deliver({ ...stale, fetchedFrom: 2n, messages })).toBe(0);
    await settle();
    member.fetch(1);
    expect(member.core.deliver({ ...stale, fetchedFrom: 2n, messages })).toBe(0);
    await settle();
    member.fetch();
    expect(member.running()).toEqual(['a0', 'b1', 'c2']);
  });
});

describe('a message of an unknown schema', () => {
  it('stops its partition, raises one alert if nobody knows it, and goes on when it is known', async () => {
    const group = new TestGroup(2);
    group.write(0, 'a');
    group.write(0, 'b', 'new');
    group.write(0, 'c');
    group.write(1, 'd');
    const known = new Set<string>();
    const alerts: string[] = [];
    const log: Log = { ...silentLog, error: (_fields, sentence) => alerts.push(sentence) };
    const member = new Member('m', group, {
      log,
      sort: ({ value }) =>
        value?.toString() === 'new' && !known.has('f1')
          ? { kind: 'unknown-schema', fingerprint: 'f1', because: 'in no book', remedy: 'publish it' }
          : { kind: 'take' },
    });
    await member.joinAndFetch([0, 1]);
    expect(member.running()).toEqual(['a0', 'd0']);
    expect(alerts).toEqual([]);
    expect(member.core.state().partitions[0]).toMatchObject({
      paused: 'unknown-schema',
      blocked: { fingerprint: 'f1' },
    });
    for (const _again of [1, 2]) member.core.desk.recheck((fingerprint) => known.has(fingerprint));
    expect(alerts).toEqual(['the partition waits for the schema of a message (in no book): publish it']);
    member.fetch();
    expect(member.running()).toEqual(['a0', 'd0']);
    known.add('f1');
    member.core.desk.recheck((fingerprint) => known.has(fingerprint));
    member.fetch();
    expect(member.running()).toEqual(['a0', 'd0', 'b1', 'c2']);
  });
});

describe('a stop', () => {
  it('waits for what runs, not for what waits, and commits', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    group.write(0, 'a');
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    const stopped = member.core.stop(60_000);
    member.attempts[0]?.end();
    await stopped;
    expect(group.committedOf(0)).toBe(1n);
    expect(member.attempts).toEqual([]);
    group.write(0, 'c');
    member.fetch();
    expect(member.attempts).toEqual([]);
  });

  it('aborts what outlives the grace period and does not wait for ever', async () => {
    const group = new TestGroup(1);
    group.write(0, 'a');
    const member = new Member('m', group);
    await member.joinAndFetch([0]);
    const stopped = member.core.stop(1_000);
    await settle();
    group.clock.pass(1_000);
    await settle();
    expect(member.attempts[0]?.lane.signal.aborted).toBe(true);
    group.clock.pass(LANE_LIMITS.abortGraceMs);
    await stopped;
    expect(group.committedOf(0)).toBe(0n);
  });
});

describe('whatever the group does', () => {
  type Act =
    | { readonly kind: 'fetch'; readonly member: number; readonly most: number }
    | { readonly kind: 'end'; readonly member: number; readonly pick: number; readonly how: string }
    | { readonly kind: 'rebalance'; readonly owners: readonly number[]; readonly thrownOut: number }
    | { readonly kind: 'pass'; readonly ms: number };
  const PARTITIONS = 3;
  const member = fc.nat(2);
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('fetch'), member, most: fc.nat(4) }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('end'),
        member,
        pick: fc.nat(5),
        how: fc.constantFrom('done', 'done', 'done', 'busy', 'away', 'internal'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('rebalance'),
        owners: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: PARTITIONS, maxLength: PARTITIONS }),
        thrownOut: fc.nat(5),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.nat(40_000) }) },
  );
  const HOW: Readonly<Record<string, () => Failure | undefined>> = {
    done: () => undefined,
    busy,
    away,
    internal: () => new Failure('internal', 'x'),
  };

  const rebalance = (members: readonly Member[], owners: readonly number[], thrownOut: number) => {
    for (const [index, each] of members.entries()) {
      if (index === thrownOut) each.id += "'";
      each.join(owners.flatMap((owner, partition) => (owner === index ? [partition] : [])));
    }
  };

  it('no commit passes an unfinished message, and every message is handled', async () => {
    const messages = fc.array(fc.record({ partition: fc.nat(PARTITIONS - 1), key: fc.nat(3) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(messages, fc.array(act, { maxLength: 80 }), async (wanted, acts) => {
        const group = new TestGroup(PARTITIONS);
        for (const { partition, key } of wanted) group.write(partition, `${partition}-${key}`);
        const limits = { ...LIMITS, windowOffsetsMax: 6, slotsOf: () => 2 };
        const members = [0, 1, 2].map((index) => new Member(`m${index}`, group, { limits }));
        rebalance(members, [0, 1, 2], 9);
        for (const next of acts) {
          await settle();
          if (next.kind === 'pass') group.clock.pass(next.ms);
          if (next.kind === 'fetch') members[next.member]?.fetch(next.most);
          if (next.kind === 'rebalance') rebalance(members, next.owners, next.thrownOut);
          if (next.kind === 'end') {
            const attempts = members[next.member]?.attempts ?? [];
            attempts[next.pick % Math.max(1, attempts.length)]?.end(HOW[next.how]?.());
          }
        }
        rebalance(members, [0, 0, 1], 9);
        for (let turn = 0; turn < 200 && !group.isCommitted(); turn += 1) {
          await settle();
          for (const each of members) {
            for (const attempt of each.attempts.slice()) attempt.end();
            each.fetch();
          }
          group.clock.pass(20_000);
        }
        expect(group.broken).toEqual([]);
        expect(group.handled.size).toBe(wanted.length);
        expect(group.isCommitted()).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
