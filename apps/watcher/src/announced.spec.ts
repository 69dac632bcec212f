import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Announced, fingerprint } from './announced.ts';

const HOUR_MS = 3_600_000;

function memory(options: { entriesMax?: number; random?: () => number } = {}) {
  const clock = { nowMs: 0 };
  const announced = new Announced({
    reannounceAfterMs: HOUR_MS,
    entriesMax: options.entriesMax ?? 1_000_000,
    now: () => clock.nowMs,
    random: options.random ?? (() => 0.5),
  });
  return { announced, clock };
}

describe('the memory of announced files', () => {
  it('knows what it was told and nothing else', () => {
    const { announced } = memory();
    announced.remember(fingerprint('a'));
    expect(announced.has(fingerprint('a'))).toBe(true);
    expect(announced.has(fingerprint('b'))).toBe(false);
  });

  it('forgets what it is told to forget, and only that', () => {
    const { announced } = memory();
    for (const name of ['a', 'b']) announced.remember(fingerprint(name));
    for (const name of ['a', 'unheard of']) announced.forget(fingerprint(name));
    expect(announced.has(fingerprint('a'))).toBe(false);
    expect(announced.has(fingerprint('b'))).toBe(true);
    announced.remember(fingerprint('a'));
    expect(announced.has(fingerprint('a'))).toBe(true);
  });

  it('keeps a file for the whole window and forgets it within a quarter more', () => {
    const { announced, clock } = memory({ random: () => 0.999 });
    announced.remember(fingerprint('a'));
    clock.nowMs = HOUR_MS;
    expect(announced.has(fingerprint('a'))).toBe(true);
    clock.nowMs = HOUR_MS * 1.25 + 100;
    expect(announced.has(fingerprint('a'))).toBe(false);
  });

  it('does not forget all files of one sweep at the same time', () => {
    const { announced, clock } = memory({ random: Math.random });
    const names = Array.from({ length: 1_000 }, (_, n) => fingerprint(`file-${n}`));
    for (const name of names) announced.remember(name);
    clock.nowMs = HOUR_MS * 1.125;
    const quiet = names.filter((name) => announced.has(name)).length;
    expect(quiet).toBeGreaterThan(300);
    expect(quiet).toBeLessThan(700);
  });

  it('holds a million files in 30 MB', () => {
    const { announced } = memory();
    // Spread like digests, without their price.
    const print = (n: number) => ({ high: n + 1, low: Math.imul(n, 0x9e3779b1) >>> 0 });
    for (let n = 0; n < 1_000_000; n += 1) announced.remember(print(n));
    expect(announced.size).toBe(1_000_000);
    expect(announced.bytes).toBeLessThan(30_000_000);
    expect(announced.has(print(0))).toBe(true);
    expect(announced.has(print(999_999))).toBe(true);
    expect(announced.has(print(1_000_000))).toBe(false);
  });

  it('uses the room of forgotten files again instead of growing', () => {
    const { announced, clock } = memory();
    for (let n = 0; n < 50_000; n += 1) {
      clock.nowMs += HOUR_MS / 100;
      announced.remember(fingerprint(`file-${n}`));
    }
    expect(announced.bytes).toBe(1_024 * 12);
  });

  it('remembers no more than its limit, and again once older files are forgotten', () => {
    const { announced, clock } = memory({ entriesMax: 2_000 });
    for (let n = 0; n < 5_000; n += 1) announced.remember(fingerprint(`file-${n}`));
    expect(announced.size).toBe(2_000);
    expect(announced.has(fingerprint('file-1999'))).toBe(true);
    expect(announced.has(fingerprint('file-4999'))).toBe(false);
    clock.nowMs = 2 * HOUR_MS;
    announced.remember(fingerprint('file-4999'));
    expect(announced.has(fingerprint('file-4999'))).toBe(true);
    expect(announced.size).toBe(1);
  });

  it('answers like a map of expiry times, whatever the order of calls', () => {
    const step = fc.record({ name: fc.nat(300), waitMs: fc.nat(HOUR_MS), ask: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2_000 }), (steps) => {
        const { announced, clock } = memory({ random: () => 0 });
        const model = new Map<number, number>();
        for (const { name, waitMs, ask } of steps) {
          // Whole ticks, so that the model need not round.
          clock.nowMs += Math.ceil(waitMs / 40 / 100) * 100;
          const isKnown = announced.has(fingerprint(`${name}`));
          expect(isKnown).toBe((model.get(name) ?? 0) > clock.nowMs);
          if (ask) continue;
          announced.remember(fingerprint(`${name}`));
          model.set(name, clock.nowMs + HOUR_MS);
        }
      }),
      { numRuns: 50 },
    );
  });
});
