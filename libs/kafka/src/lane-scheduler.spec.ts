import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaneScheduler } from './lane-scheduler.ts';
import type { Ending } from './lane-scheduler.ts';

type Job = { readonly lane: string; readonly group: string; readonly id: number };

const job = (lane: string, id: number, group = 'main'): Job => ({ lane, group, id });
const DONE: Ending = { kind: 'done' };
const BUSY: Ending = { kind: 'again', scope: 'lane', because: 'fence held' };
const AWAY: Ending = { kind: 'again', scope: 'group', because: 'connection refused' };

function scheduler(slots = 4) {
  const said: string[] = [];
  const lanes = new LaneScheduler<Job>(
    {
      slotsOf: () => slots,
      retry: { initialMs: 100, maxMs: 1_000 },
      probe: { initialMs: 200, maxMs: 2_000 },
    },
    {
      onOpened: (group, because) => said.push(`${group} open: ${because}`),
      onClosed: (group) => said.push(`${group} closed`),
      random: () => 1,
    },
  );
  const started = (now: number) => lanes.start(now).map(({ id }) => id);
  return { lanes, started, said };
}

describe('lanes', () => {
  it('run the jobs of one key one after the other, those of several keys side by side', () => {
    const { lanes, started } = scheduler();
    const first = job('a', 1);
    for (const next of [first, job('a', 2), job('b', 3)]) lanes.add(next);
    expect(started(0)).toEqual([1, 3]);
    expect(started(0)).toEqual([]);
    lanes.ended(first, DONE, 0);
    expect(started(0)).toEqual([2]);
  });

  it('share the slots of their group, first come first served, and leave other groups alone', () => {
    const { lanes, started } = scheduler(2);
    const jobs = ['a', 'b', 'c', 'd'].map((lane, index) => job(lane, index));
    for (const next of jobs) lanes.add(next);
    lanes.add(job('z', 9, 'other'));
    expect(started(0)).toEqual([0, 1, 9]);
    lanes.ended(jobs[1] ?? job('', 0), DONE, 0);
    expect(started(0)).toEqual([2]);
  });

  it('give the slot back while they wait for another try', () => {
    const { lanes, started } = scheduler(1);
    const held = job('a', 1);
    lanes.add(held);
    lanes.add(job('b', 2));
    expect(started(0)).toEqual([1]);
    lanes.ended(held, BUSY, 0);
    expect(started(0)).toEqual([2]);
    expect(lanes.wakeAt()).toBe(100);
    lanes.ended(job('b', 2), DONE, 50);
    expect(started(99)).toEqual([]);
    expect(started(100)).toEqual([1]);
  });

  it('wait longer after each try, up to the limit, and start anew with the next job', () => {
    const { lanes, started } = scheduler();
    lanes.add(job('a', 1));
    lanes.add(job('a', 2));
    const waits: number[] = [];
    let now = 0;
    for (let tries = 0; tries < 6; tries += 1) {
      expect(started(now)).toEqual([1]);
      lanes.ended(job('a', 1), BUSY, now);
      const wakeAt = lanes.wakeAt() ?? 0;
      waits.push(wakeAt - now);
      now = wakeAt;
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(started(now)).toEqual([1]);
    lanes.ended(job('a', 1), DONE, now);
    expect(started(now)).toEqual([2]);
    lanes.ended(job('a', 2), BUSY, now);
    expect(lanes.wakeAt()).toBe(now + 100);
  });

  it('drop what waits, but not what runs', () => {
    const { lanes, started } = scheduler();
    for (const next of [job('a', 1), job('a', 2), job('b', 3)]) lanes.add(next);
    expect(started(0)).toEqual([1, 3]);
    lanes.ended(job('b', 3), BUSY, 0);
    expect(lanes.drop(() => true).map(({ id }) => id)).toEqual([2, 3]);
    expect(lanes.wakeAt()).toBeUndefined();
    expect(lanes.counts()).toEqual({ running: 1, lanes: 1, retrying: 0 });
    lanes.ended(job('a', 1), DONE, 0);
    expect(lanes.counts().lanes).toBe(0);
  });
});

describe('the circuit of a group', () => {
  const open = (slots = 2) => {
    const all = scheduler(slots);
    for (const [index, lane] of ['a', 'b', 'c'].entries()) all.lanes.add(job(lane, index));
    all.lanes.add(job('z', 9, 'other'));
    all.started(0);
    all.lanes.ended(job('a', 0), AWAY, 0);
    return all;
  };

  it('stops all lanes of the group, not those of others, and says so once', () => {
    const { lanes, started, said } = open();
    lanes.ended(job('b', 1), AWAY, 0);
    lanes.ended(job('z', 9, 'other'), DONE, 0);
    lanes.add(job('y', 10, 'other'));
    expect(started(0)).toEqual([10]);
    expect(said).toEqual(['main open: connection refused']);
    expect(lanes.openCircuits()).toEqual([{ group: 'main', since: 0, because: 'connection refused' }]);
  });

  it('lets one lane probe, each time another one', () => {
    const { lanes, started } = open();
    lanes.ended(job('b', 1), DONE, 0);
    expect(lanes.openCircuits()).toEqual([]);
    lanes.ended(job('z', 9, 'other'), DONE, 0);
    expect(started(0)).toEqual([2, 0]);
    lanes.ended(job('c', 2), AWAY, 0);
    lanes.ended(job('a', 0), AWAY, 0);
    expect(started(399)).toEqual([]);
    expect(lanes.wakeAt()).toBe(400);
    expect(started(400)).toEqual([2]);
    expect(started(10_000)).toEqual([]);
    lanes.ended(job('c', 2), AWAY, 400);
    expect(started(1_200)).toEqual([0]);
  });

  it('closes when a probe finds the service answering, even if its job fails otherwise', () => {
    const { lanes, started, said } = open();
    lanes.ended(job('b', 1), AWAY, 0);
    const [probe] = started(400);
    expect(probe).toBe(2);
    lanes.ended(job('c', 2), BUSY, 400);
    expect(said).toEqual(['main open: connection refused', 'main closed']);
    expect(started(400)).toEqual([0, 1]);
  });

  it('goes on with another probe when the probe was dropped', () => {
    const { lanes, started } = open();
    lanes.ended(job('b', 1), AWAY, 0);
    expect(started(400)).toEqual([2]);
    lanes.ended(job('c', 2), { kind: 'dropped' }, 400);
    expect(started(400)).toEqual([0]);
  });
});

describe('whatever happens', () => {
  it('no lane runs twice, no group exceeds its slots, and every job runs to its end', () => {
    const ending = fc.constantFrom<Ending>(DONE, BUSY, AWAY, { kind: 'dropped' });
    const jobs = fc.array(fc.record({ lane: fc.nat(5), group: fc.nat(1) }), { maxLength: 30 });
    fc.assert(
      fc.property(jobs, fc.array(ending, { maxLength: 100 }), (wanted, endings) => {
        const { lanes } = scheduler(2);
        const queue = wanted.map(({ lane, group }, id) => job(`${group}/${lane}`, id, `${group}`));
        const order = new Map<string, number[]>();
        const running = new Set<Job>();
        let now = 0;
        for (const next of queue) lanes.add(next);
        const finished: number[] = [];
        for (let step = 0; finished.length < queue.length && step < 1_000; step += 1) {
          for (const next of lanes.start(now)) {
            expect([...running].some((other) => other.lane === next.lane)).toBe(false);
            running.add(next);
          }
          for (const group of ['0', '1'])
            expect([...running].filter((next) => next.group === group).length).toBeLessThanOrEqual(2);
          const [ended] = running;
          if (!ended) {
            now = lanes.wakeAt() ?? now;
            continue;
          }
          running.delete(ended);
          const how = endings[step] ?? DONE;
          lanes.ended(ended, how, now);
          if (how.kind === 'again') continue;
          finished.push(ended.id);
          order.set(ended.lane, [...(order.get(ended.lane) ?? []), ended.id]);
        }
        expect(finished.toSorted((a, b) => a - b)).toEqual(queue.map(({ id }) => id));
        for (const ids of order.values()) expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        expect(lanes.counts()).toEqual({ running: 0, lanes: 0, retrying: 0 });
      }),
    );
  });
});
