import { FAILURES, asFailure } from '#contracts';

/** What a command has to say: to a program (`data`, printed as JSON) and to a person (`text`). */
export type Report = {
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** false: exit code 1 */
  readonly ok: boolean;
};

/** ok · failed or found something wrong · typed wrongly · configuration (78, EX_CONFIG, is `#config`'s) */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * One document; offsets are the only bigints, and fit a number for the next few thousand years.
 * @param hide the mask of secrets: over values only, so that the document keeps its shape
 */
export function toJson(data: unknown, hide: (text: string) => string): string {
  const shown = (_key: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return Number(value);
    return typeof value === 'string' ? hide(value) : value;
  };
  return JSON.stringify(data, shown, 2);
}

/** A service waits for what is away; here a person does. */
const AWAY_REMEDY = 'Check the address in the configuration and that it is up: dopplershift doctor.';

export function failureReport(thrown: unknown): Report {
  const { code, message, remedy: known } = asFailure(thrown);
  const remedy = known === FAILURES.unavailable.remedy ? AWAY_REMEDY : known;
  return { data: { error: { code, message, remedy } }, text: `${code}: ${message}\n${remedy}`, ok: false };
}
