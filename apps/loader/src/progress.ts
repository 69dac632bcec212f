import type { LoadId, LoadProgress, LoadStage } from '#contracts';

export type Done = { readonly filesDone: number; readonly filesTotal: number; readonly rows: number };

/**
 * Progress of one load, as events: one at each change of stage, and in between at most one per interval.
 * Progress is for people's eyes and expires after an hour, so nobody waits for its acknowledgement.
 */
export function progressOf(
  loadId: LoadId,
  send: (event: LoadProgress) => void,
  options: { readonly intervalMs: number; readonly now?: () => number },
): { readonly stage: () => LoadStage; readonly report: (stage: LoadStage, done: Done) => void } {
  const now = options.now ?? Date.now;
  let current: LoadStage = 'fence';
  let sentAt = Number.NEGATIVE_INFINITY;
  return {
    stage: () => current,
    report: (stage, done) => {
      const at = now();
      const changed = stage !== current;
      current = stage;
      if (!changed && at - sentAt < options.intervalMs) return;
      sentAt = at;
      send({ type: 'load-progress', loadId, at, stage, ...done });
    },
  };
}
