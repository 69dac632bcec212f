import type { Vector } from '#copy-vectors';
import { carryOut } from './carry-out.ts';
import type { Range } from './carry-out.ts';
import { differences } from './compare.ts';

export type Verdict = {
  readonly vector: Vector;
  /** by case: what differs from what the vector says */
  readonly problems: readonly string[];
};

/** One after the other, so that a cluster's queue is not what is tested. */
export async function* runVectors(range: Range, vectors: readonly Vector[]): AsyncGenerator<Verdict> {
  for (const vector of vectors) {
    const problems: string[] = [];
    for (const [at, given] of vector.cases.entries()) {
      const { expected, found } = await carryOut(range, `${vector.number}-${at + 1}`, given);
      const title = given.title === '' ? '' : `${given.title}: `;
      problems.push(...differences(expected, found).map((sentence) => `${title}${sentence}`));
    }
    yield { vector, problems };
  }
}
