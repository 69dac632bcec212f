import type { GivenOptions } from './given-options.ts';

/** Reads what follows the option's first word, which is already taken. `at`: where that word stood. */
export type Clause = {
  /** options of one group exclude each other; default: the option's own name */
  readonly group?: string;
  readonly read: (given: GivenOptions, option: string) => void;
};
