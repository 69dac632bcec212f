import type { LoadId, LoadProgress, LoadStage } from '#contracts';

export type Done = { readonly filesDone: number; readonly filesTotal: number; readonly rows: number };

export type ProgressOptions = {
  readonly intervalMs: number;
  /** a load that ends within this time says nothing of its progress */
  readonly quietMs: number;
  readonly now?: () => number;
  /** calls after so many ms; @returns how to cancel it */
  readonly after?: (ms: number, call: () => void) => () => void;
};

export type Progress = {
  readonly stage: () => LoadStage;
  readonly report: (stage: LoadStage, done: Done) => void;
  /** Nothing is said any more. */
  readonly end: () => void;
};

/**
 * Progress of one load, as events: one at each change of stage, and in between at most one per interval.
 * Progress is for people's eyes and expires after an hour, so nobody waits for its acknowledgement; a load
 * that is over before a person could look costs the broker two messages instead of six.
 */
export function progressOf(
  loadId: LoadId,
  send: (event: LoadProgress) => void,
  options: ProgressOptions,
): Progress {
  const { intervalMs, quietMs, now = Date.now, after = alarm } = options;
  let stage: LoadStage = 'fence';
  let last: Done | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let isQuiet = true;
  const say = (done: Done): void => {
    sentAt = now();
    send({ type: 'load-progress', loadId, at: sentAt, stage, ...done });
  };
  const cancel = after(quietMs, () => {
    isQuiet = false;
    if (last) say(last);
  });
  return {
    stage: () => stage,
    report: (next, done) => {
      const changed = next !== stage || !last;
      stage = next;
      last = done;
      if (!isQuiet && (changed || now() - sentAt >= intervalMs)) say(done);
    },
    end: cancel,
  };
}

function alarm(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}
