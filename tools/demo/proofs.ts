/**
 * What the demo claims, each with what was seen. A claim that does not hold ends the demo with exit code 1.
 */
export class Proofs {
  readonly #proved: string[] = [];

  /** @throws Error when what was seen is not what was expected */
  equal<T extends string | number>(claim: string, seen: T, expected: T): void {
    if (seen !== expected) throw new Error(`not proved: ${claim}: expected ${expected}, saw ${seen}`);
    this.#proved.push(claim);
  }

  /** @throws Error when it does not hold */
  holds(claim: string, condition: boolean): void {
    if (!condition) throw new Error(`not proved: ${claim}`);
    this.#proved.push(claim);
  }

  lines(): string {
    return this.#proved.map((claim) => `  ✓ ${claim}`).join('\n');
  }
}
