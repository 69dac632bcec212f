import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '#contracts';
import { parseLoadId } from '#contracts';
import { progressOf } from './progress.ts';

const done = { filesDone: 0, filesTotal: 1, rows: 0 };

function watched(clock: { at: number }) {
  const sent: LoadProgress[] = [];
  const progress = progressOf(parseLoadId('0'.repeat(32)), (event) => sent.push(event), {
    intervalMs: 1_000,
    now: () => clock.at,
  });
  return { sent, progress };
}

describe('the progress of a load', () => {
  it('is told at every change of stage', () => {
    const { sent, progress } = watched({ at: 0 });
    progress.report('copy', done);
    progress.report('apply', done);
    expect(sent.map((event) => event.stage)).toEqual(['copy', 'apply']);
    expect(progress.stage()).toBe('apply');
  });

  it('is told at most once per interval within a stage', () => {
    const clock = { at: 0 };
    const { sent, progress } = watched(clock);
    for (clock.at = 0; clock.at < 2_500; clock.at += 100) progress.report('copy', done);
    expect(sent.map((event) => event.at)).toEqual([0, 1_000, 2_000]);
  });
});
