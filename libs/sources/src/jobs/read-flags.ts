import { suggestion } from '../document/nearest.ts';
import { JOB_FLAGS, jobFlagNamed, jobFlagNames } from './job-flags.ts';
import type { GivenFlags, JobFlagName } from './job-flags.ts';
import { quoted } from './quoted.ts';

export type ReadFlags = { readonly given: GivenFlags; readonly problems: readonly string[] };

/**
 * Flags in every spelling of the reference: `-x=v`, `--x=v`, `--x v`, and yes-or-no flags alone. Of a flag
 * that is given twice the last one holds, as with Go's flag package.
 */
export function readFlags(words: readonly string[]): ReadFlags {
  const given = new Map<JobFlagName, string>();
  const problems: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, name, value] = /^--?([A-Za-z][A-Za-z_-]*)(?:=([^]*))?$/.exec(word) ?? [];
    if (name === undefined) {
      problems.push(`${quoted(word)} is no flag; write --name=value`);
      continue;
    }
    const flag = jobFlagNamed(name);
    const next = value === undefined ? valueAfter(words, index, flag) : undefined;
    const said = value ?? next;
    if (next !== undefined) index += 1;
    if (!flag) problems.push(`--${name.slice(0, 40)}: no such flag${suggestion(name, jobFlagNames())}`);
    else if (said !== undefined) given.set(flag, said);
    else if (JOB_FLAGS[flag].takes === 'yes-or-no') given.set(flag, 'true');
    else problems.push(`--${flag}: needs a value`);
  }
  return { given, problems };
}

/** The next word, when it is this flag's value. Of an unknown flag it is taken for that unless a flag too. */
function valueAfter(
  words: readonly string[],
  index: number,
  flag: JobFlagName | undefined,
): string | undefined {
  const next = words[index + 1];
  if (next === undefined || /^--?[A-Za-z]/.test(next)) return undefined;
  if (flag && JOB_FLAGS[flag].takes === 'yes-or-no')
    return readYesOrNo(next) === undefined ? undefined : next;
  return next;
}

/** The words of Go's strconv.ParseBool. */
export function readYesOrNo(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : undefined;
}
