import type { EventType } from '#contracts';
import { CONSUMED, topicName } from '#contracts';
import type { DeadLetter } from '#kafka';
import { printTime } from './parse-time.ts';
import { textTable } from './text-table.ts';
import { UsageError } from './usage-error.ts';

export type LetterType = (typeof CONSUMED)[number];

/** A dead letter as it is shown; never its bytes, which may be anything. */
export type LetterView = {
  /** `load-requested/3/17`: type, partition and offset of the letter */
  readonly id: string;
  /** epoch ms */
  readonly at: number;
  readonly because: string;
  readonly key: string;
  readonly bytes: number;
  readonly source: string;
  readonly cutFromBytes?: number;
  readonly redrivenAt?: number;
};

export type ListedLetter = { readonly view: LetterView; readonly letter: DeadLetter };

export function listedLetter(type: EventType, letter: DeadLetter): ListedLetter {
  const { partition, offset, source, because, at, key, value, redrivenAt, cutFromBytes } = letter;
  const view = {
    id: `${type}/${partition}/${offset}`,
    at,
    because,
    key: key?.toString('utf8') ?? '',
    bytes: value?.length ?? 0,
    source: `${source.topic}/${source.partition}/${source.offset}`,
    ...(cutFromBytes !== undefined && { cutFromBytes }),
    ...(redrivenAt !== undefined && { redrivenAt }),
  };
  return { view, letter };
}

export function printLetters(letters: readonly LetterView[]): string {
  if (letters.length === 0) return 'no dead letters';
  const rows = letters.map((one) => [
    one.id,
    printTime(one.at),
    one.bytes,
    one.key,
    sentAgain(one),
    one.because,
  ]);
  return textTable(['letter', 'since', 'bytes', 'key', 'sent again', 'because'], rows);
}

function sentAgain({ redrivenAt, cutFromBytes }: LetterView): string {
  if (redrivenAt !== undefined) return printTime(redrivenAt);
  return cutFromBytes === undefined ? '-' : `cut from ${cutFromBytes} bytes`;
}

/** Types named on the command line, by their topic with or without prefix. @throws UsageError */
export function readLetterTypes(topic: string | undefined, prefix: string): readonly LetterType[] {
  if (topic === undefined) return CONSUMED;
  const type = CONSUMED.find((one) => topic === one || topic === topicName(prefix, one));
  if (!type) throw new UsageError(`no dead letters are kept of ${topic}; of these: ${CONSUMED.join(', ')}`);
  return [type];
}

/** A letter that was cut cannot be sent again: only its beginning is kept. */
function isWaiting({ redrivenAt, cutFromBytes }: DeadLetter): boolean {
  return redrivenAt === undefined && cutFromBytes === undefined;
}

/**
 * The letters to send again: those named, or all that were not sent again yet and can be.
 * @throws UsageError for a name that is not in the list
 */
export function chooseLetters(
  listed: readonly ListedLetter[],
  ids: readonly string[],
): readonly ListedLetter[] {
  if (ids.length === 0) return listed.filter(({ letter }) => isWaiting(letter));
  return [...new Set(ids)].map((id) => {
    const found = listed.find(({ view }) => view.id === id);
    if (!found)
      throw new UsageError(`no dead letter is called ${id}; dopplershift dead-letters ls shows them`);
    return found;
  });
}
