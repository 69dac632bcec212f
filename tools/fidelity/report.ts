import type { Mark } from '#copy-vectors';
import type { Verdict } from './run-vectors.ts';

export const HEAD = ' no  mark  cases  outcome     what';

/** A line of the table, and what differs below it. */
export function lineOf({ vector, problems }: Verdict): string {
  const { number, mark, cases, title } = vector;
  const outcome = problems.length === 0 ? 'as written' : 'DIFFERS';
  const cells = [String(number).padStart(3), `  ${mark} `, String(cases.length).padStart(5)];
  return [
    `${cells.join('  ')}  ${outcome.padEnd(10)}  ${title}`,
    ...problems.map((problem) => `${' '.repeat(32)}${problem}`),
  ].join('\n');
}

/** A vector from the documents that differs is a finding about us; an inferred one, about the inference. */
export function summaryOf(verdicts: readonly Verdict[]): string {
  const differing = verdicts.filter(({ problems }) => problems.length > 0);
  const marked = (mark: Mark) => differing.filter(({ vector }) => vector.mark === mark).length;
  if (differing.length === 0) return `${verdicts.length} vectors, all as written`;
  return (
    `${verdicts.length} vectors, ${differing.length} differ: ${marked('D')} that the documents state [D], ` +
    `${marked('I')} that were inferred [I]`
  );
}
