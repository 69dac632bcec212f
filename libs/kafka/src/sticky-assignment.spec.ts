import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignSticky } from './sticky-assignment.ts';

const parts = (count: number) =>
  Array.from({ length: count }, (_unused, partition) => ({ topic: 't', partition }));
const numbers = (assigned: ReturnType<typeof assignSticky>) =>
  Object.fromEntries([...assigned].map(([id, all]) => [id, all.map(({ partition }) => partition)]));

describe('partitions', () => {
  it('go to the only member', () => {
    expect(numbers(assignSticky([{ memberId: 'a', owned: [] }], parts(3)))).toEqual({ a: [0, 1, 2] });
  });

  it('stay where they are when a member joins, as far as the shares stay even', () => {
    const owned = [
      { memberId: 'b', owned: parts(6).slice(0, 3) },
      { memberId: 'c', owned: parts(6).slice(3) },
      { memberId: 'a', owned: [] },
    ];
    expect(numbers(assignSticky(owned, parts(6)))).toEqual({ b: [0, 1], c: [3, 4], a: [2, 5] });
  });

  it('of a member that left go to the others', () => {
    const owned = [
      { memberId: 'a', owned: parts(6).slice(0, 2) },
      { memberId: 'b', owned: parts(6).slice(2, 4) },
    ];
    expect(numbers(assignSticky(owned, parts(6)))).toEqual({ a: [0, 1, 4], b: [2, 3, 5] });
  });

  it('are each given to one member, evenly, and nobody loses more than evenness takes', () => {
    const partition = fc.record({ topic: fc.constant('t'), partition: fc.nat(20) });
    const claim = fc.array(partition, { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(claim, { minLength: 1, maxLength: 5 }), fc.nat(15), (claims, count) => {
        const members = claims.map((owned, index) => ({ memberId: `m${index}`, owned }));
        const assigned = [...assignSticky(members, parts(count)).values()];
        const given = assigned.flat().map(({ partition: number }) => number);
        expect(given.toSorted((a, b) => a - b)).toEqual(parts(count).map(({ partition: number }) => number));
        const sizes = assigned.map((all) => all.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('do not move when nothing changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(15), (members, count) => {
        const ids = Array.from({ length: members }, (_unused, index) => ({
          memberId: `m${index}`,
          owned: [],
        }));
        const first = assignSticky(ids, parts(count));
        const again = assignSticky(
          [...first].map(([memberId, owned]) => ({ memberId, owned })),
          parts(count),
        );
        for (const [memberId, owned] of first)
          expect(new Set(again.get(memberId)?.map(({ partition }) => partition))).toEqual(
            new Set(owned.map(({ partition }) => partition)),
          );
      }),
    );
  });
});
