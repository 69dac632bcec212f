import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '#contracts';
import { parseLoadId } from '#contracts';
import { progressOf } from './progress.ts';

const QUIET_MS = 500;
const done = { filesDone: 0, filesTotal: 1, rows: 0 };

/** A load in a time that passes when the spec says so. */
function watched() {
  const sent: LoadProgress[] = [];
  const clock = { at: 0, alarm: (): void => undefined };
  const progress = progressOf(parseLoadId('0'.repeat(32)), (event) => sent.push(event), {
    intervalMs: 1_000,
    quietMs: QUIET_MS,
    now: () => clock.at,
    after: (ms, call) => {
      clock.alarm = () => {
        clock.at += ms;
        call();
      };
      return () => (clock.alarm = () => undefined);
    },
  });
  return { sent, clock, progress };
}

describe('the progress of a load', () => {
  it('is not told of a load that is over at once', () => {
    const { sent, clock, progress } = watched();
    progress.report('ledger', done);
    progress.report('copy', done);
    progress.end();
    clock.alarm();
    expect(sent).toEqual([]);
    expect(progress.stage()).toBe('copy');
  });

  it('is told where it stands as soon as the load takes longer', () => {
    const { sent, clock, progress } = watched();
    progress.report('ledger', done);
    progress.report('copy', { ...done, rows: 7 });
    clock.alarm();
    expect(sent).toMatchObject([{ stage: 'copy', rows: 7, at: QUIET_MS }]);
  });

  it('is told at every change of stage from then on', () => {
    const { sent, clock, progress } = watched();
    clock.alarm();
    progress.report('copy', done);
    progress.report('apply', done);
    expect(sent.map((event) => event.stage)).toEqual(['copy', 'apply']);
    expect(progress.stage()).toBe('apply');
  });

  it('is told at most once per interval within a stage', () => {
    const { sent, clock, progress } = watched();
    clock.alarm();
    for (clock.at = QUIET_MS; clock.at < 3_000; clock.at += 100) progress.report('copy', done);
    expect(sent.map((event) => event.at)).toEqual([500, 1_500, 2_500]);
  });
});
