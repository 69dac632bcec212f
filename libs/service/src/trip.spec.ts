import { describe, expect, it } from 'vitest';
import { tripOf } from './trip.ts';

describe('a trip point', () => {
  it('does nothing unless it is armed', () => {
    let deaths = 0;
    const trip = tripOf({ probability: 1, seed: 1 }, () => (deaths += 1));
    trip('after-copy');
    expect(deaths).toBe(0);
  });

  it('kills at the armed point only', () => {
    let deaths = 0;
    const trip = tripOf({ trip: 'before-commit', probability: 1, seed: 1 }, () => (deaths += 1));
    trip('after-copy');
    trip('before-commit');
    expect(deaths).toBe(1);
  });

  it('kills as often as its probability says', () => {
    let deaths = 0;
    const trip = tripOf({ trip: 'mid-clean', probability: 0.25, seed: 7 }, () => (deaths += 1));
    for (let visit = 0; visit < 1_000; visit += 1) trip('mid-clean');
    expect(deaths).toBeGreaterThan(200);
    expect(deaths).toBeLessThan(300);
  });
});
