import { describe, expect, it } from 'vitest';
import type { ChaosOptions } from './trip.ts';
import { tripOf } from './trip.ts';

function armed(chaos: Partial<ChaosOptions>) {
  const fates: string[] = [];
  const trip = tripOf(
    { probability: 1, seed: 1, freezeMs: 0, ...chaos },
    { die: () => fates.push('died'), freeze: (forMs, at) => fates.push(`${at} ${forMs}`) },
  );
  return { fates, trip };
}

describe('a trip point', () => {
  it('does nothing unless it is armed', () => {
    const { fates, trip } = armed({});
    trip('after-copy');
    expect(fates).toEqual([]);
  });

  it('kills at the armed point only', () => {
    const { fates, trip } = armed({ trip: 'before-commit' });
    trip('after-copy');
    trip('before-commit');
    expect(fates).toEqual(['died']);
  });

  it('lets the process stand still instead, once, when it is told how long', () => {
    const { fates, trip } = armed({ trip: 'before-commit', freezeMs: 300 });
    trip('before-commit');
    trip('before-commit');
    expect(fates).toEqual(['before-commit 300']);
  });

  it('kills as often as its probability says', () => {
    const { fates, trip } = armed({ trip: 'mid-clean', probability: 0.25, seed: 7 });
    for (let visit = 0; visit < 1_000; visit += 1) trip('mid-clean');
    expect(fates.length).toBeGreaterThan(200);
    expect(fates.length).toBeLessThan(300);
  });
});
