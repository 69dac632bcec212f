import { backoffMs } from './backoff.ts';
import type { Backoff } from './backoff.ts';
import { Circuit } from './circuit.ts';

export type LaneJob = { readonly lane: string; readonly group: string };

/** How a started job ended. `dropped` says nothing about the service behind the group. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'again'; readonly scope: 'lane' | 'group'; readonly because: string };

export type SchedulerLimits = {
  readonly slotsOf: (group: string) => number;
  /** between two tries of one lane */
  readonly retry: Backoff;
  /** between two probes of an open circuit */
  readonly probe: Backoff;
};

export type SchedulerHooks = {
  readonly onOpened: (group: string, because: string) => void;
  readonly onClosed: (group: string, openForMs: number) => void;
  readonly random: () => number;
};

type Lane<J> = {
  readonly name: string;
  readonly group: Group<J>;
  readonly jobs: J[];
  running: boolean;
  tries: number;
};
type Group<J> = {
  readonly name: string;
  readonly circuit: Circuit;
  lanes: number;
  running: number;
  ready: Lane<J>[];
};

/**
 * Decides which job may start. A lane runs its jobs one after the other; lanes of one group share its
 * slots, first come first served; a lane that waits for another try gives its slot back. Where a failure
 * concerns the whole group, its circuit decides when the next job may try, and lanes take turns as the
 * probe: otherwise a job that always fails that way would hold all others back.
 */
export class LaneScheduler<J extends LaneJob> {
  readonly #limits: SchedulerLimits;
  readonly #hooks: SchedulerHooks;
  readonly #lanes = new Map<string, Lane<J>>();
  readonly #groups = new Map<string, Group<J>>();
  readonly #asleep = new Map<Lane<J>, number>();

  constructor(limits: SchedulerLimits, hooks: SchedulerHooks) {
    this.#limits = limits;
    this.#hooks = hooks;
  }

  add(job: J): void {
    const lane = this.#lanes.get(job.lane) ?? this.#newLane(job);
    lane.jobs.push(job);
    if (lane.jobs.length === 1) lane.group.ready.push(lane);
  }

  /** The jobs that may start now; each must be reported to `ended`. */
  start(now: number): J[] {
    for (const [lane, at] of this.#asleep) {
      if (at > now) continue;
      this.#asleep.delete(lane);
      lane.group.ready.push(lane);
    }
    return [...this.#groups.values()].flatMap((group) => this.#startGroup(group, now));
  }

  ended(job: J, ending: Ending, now: number): void {
    const lane = this.#lanes.get(job.lane);
    if (!lane?.running) return;
    const { group } = lane;
    lane.running = false;
    group.running -= 1;
    this.#tellCircuit(group, ending, now);
    if (ending.kind === 'again') {
      lane.tries += 1;
      if (ending.scope === 'group') group.ready.push(lane);
      else this.#asleep.set(lane, now + backoffMs(lane.tries, this.#limits.retry, this.#hooks.random()));
      return;
    }
    lane.jobs.shift();
    lane.tries = 0;
    if (lane.jobs.length > 0) group.ready.push(lane);
    else this.#forget(lane);
  }

  /** Takes out the jobs that match and are not running. */
  drop(matches: (job: J) => boolean): J[] {
    const dropped: J[] = [];
    for (const lane of this.#lanes.values()) {
      const head = lane.running ? lane.jobs.slice(0, 1) : [];
      const waiting = lane.jobs.slice(head.length);
      const kept = waiting.filter((job) => !matches(job));
      if (kept.length === waiting.length) continue;
      dropped.push(...waiting.filter(matches));
      lane.jobs.splice(0, lane.jobs.length, ...head, ...kept);
      if (lane.jobs.length > 0) continue;
      this.#asleep.delete(lane);
      lane.group.ready = lane.group.ready.filter((other) => other !== lane);
      this.#forget(lane);
    }
    return dropped;
  }

  /**
   * When `start` should be called again although nothing happened; `undefined`: only when something does.
   */
  wakeAt(): number | undefined {
    const times = [...this.#asleep.values()];
    for (const group of this.#groups.values()) {
      const probeAt = group.ready.length > 0 ? group.circuit.wakeAt() : undefined;
      if (probeAt !== undefined) times.push(probeAt);
    }
    return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
  }

  counts(): { readonly running: number; readonly lanes: number; readonly retrying: number } {
    const running = [...this.#groups.values()].reduce((sum, group) => sum + group.running, 0);
    return { running, lanes: this.#lanes.size, retrying: this.#asleep.size };
  }

  openCircuits(): { readonly group: string; readonly since: number; readonly because: string }[] {
    return [...this.#groups.values()].flatMap(({ name, circuit }) =>
      circuit.open ? [{ group: name, since: circuit.open.since, because: circuit.open.because }] : [],
    );
  }

  #startGroup(group: Group<J>, now: number): J[] {
    const started: J[] = [];
    while (group.ready.length > 0 && group.running < this.#limits.slotsOf(group.name)) {
      if (!group.circuit.admits(now)) break;
      const lane = group.ready.shift();
      const [job] = lane?.jobs ?? [];
      if (!lane || !job) continue;
      lane.running = true;
      group.running += 1;
      group.circuit.started();
      started.push(job);
    }
    return started;
  }

  #tellCircuit(group: Group<J>, ending: Ending, now: number): void {
    if (ending.kind === 'dropped') return group.circuit.released();
    if (ending.kind === 'again' && ending.scope === 'group') {
      if (group.circuit.failed(now, ending.because)) this.#hooks.onOpened(group.name, ending.because);
      return;
    }
    const open = group.circuit.open;
    if (group.circuit.answered() && open) this.#hooks.onClosed(group.name, now - open.since);
  }

  #newLane(job: J): Lane<J> {
    const circuit = () => new Circuit(this.#limits.probe, this.#hooks.random);
    const known = this.#groups.get(job.group);
    const group = known ?? { name: job.group, circuit: circuit(), lanes: 0, running: 0, ready: [] };
    group.lanes += 1;
    if (!known) this.#groups.set(job.group, group);
    const lane: Lane<J> = { name: job.lane, group, jobs: [], running: false, tries: 0 };
    this.#lanes.set(job.lane, lane);
    return lane;
  }

  /**
   * Nothing is kept of an empty lane, nor of a group without lanes: neither may grow with the tables ever
   * seen.
   */
  #forget(lane: Lane<J>): void {
    this.#lanes.delete(lane.name);
    lane.group.lanes -= 1;
    if (lane.group.lanes === 0) this.#groups.delete(lane.group.name);
  }
}
