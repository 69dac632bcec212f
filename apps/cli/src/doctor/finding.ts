import { asFailure } from '#contracts';
import type { FailureCode } from '#contracts';
import { textTable } from '../text-table.ts';

/** One line of the doctor. `note`: works, and an operator should know it. */
export type Finding = {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'wrong';
  readonly says: string;
  readonly remedy?: string;
};

export function ok(check: string, says: string): Finding {
  return { check, state: 'ok', says };
}

export function note(check: string, says: string, remedy: string): Finding {
  return { check, state: 'note', says, remedy };
}

export function wrong(check: string, says: string, remedy: string): Finding {
  return { check, state: 'wrong', says, remedy };
}

export type Remedies = Readonly<Partial<Record<FailureCode, string>>>;

/**
 * What the check finds; a failure of the check is a finding as well, so that the others go on.
 * @param remedies instead of those that a failed load gets
 */
export async function finding(
  check: string,
  look: () => Promise<readonly Finding[]>,
  remedies: Remedies = {},
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (thrown) {
    const failure = asFailure(thrown);
    return [wrong(check, `${failure.code}: ${failure.message}`, remedies[failure.code] ?? failure.remedy)];
  }
}

export function printFindings(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ check, state, says, remedy }) => [
    [state, check, says],
    ...(remedy === undefined ? [] : [['', '', `→ ${remedy}`]]),
  ]);
  return textTable(['', 'check', 'found'], rows);
}
