import { describe, expect, it } from 'vitest';
import { Waiting } from './waiting.ts';

const listed = (from: number, to: number) => ({ print: 'p', listedAt: { from, to } });

describe('a whole plan settles', () => {
  it.each([
    ['at once, but not at first sight', 0, [listed(0, 5)], { kind: 'wait', ms: 0 }],
    ['at its second sight without a wait', 0, [listed(0, 5), listed(5, 6)], { kind: 'over' }],
    ['when the listings are far enough apart', 100, [listed(0, 5), listed(105, 200)], { kind: 'over' }],
    ['not when they are too near', 100, [listed(0, 5), listed(55, 200)], { kind: 'wait', ms: 50 }],
    [
      'not by a listing older than the first',
      100,
      [listed(900, 905), listed(0, 5)],
      { kind: 'wait', ms: 100 },
    ],
    [
      'anew when something changed in between',
      100,
      [listed(0, 5), { ...listed(50, 55), print: 'q' }, listed(200, 205)],
      { kind: 'wait', ms: 100 },
    ],
  ])('%s', (_when, settleMs, sights, expected) => {
    const waiting = new Waiting();
    const answers = sights.map((sight) => waiting.settle('id', sight, settleMs));
    expect(answers.at(-1)).toEqual(expected);
  });
});

describe('a batch that is not full', () => {
  it('closes when its first file has waited long enough', () => {
    const waiting = new Waiting();
    expect(waiting.age('id', 0, 100)).toEqual({ kind: 'wait', ms: 100 });
    expect(waiting.age('id', 60, 100)).toEqual({ kind: 'wait', ms: 40 });
    expect(waiting.age('id', 100, 100)).toEqual({ kind: 'over' });
  });

  it('starts to wait anew after it was announced', () => {
    const waiting = new Waiting();
    waiting.age('id', 0, 100);
    waiting.done('id');
    expect(waiting.age('id', 100, 100)).toEqual({ kind: 'wait', ms: 100 });
  });
});
