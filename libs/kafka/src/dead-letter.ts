import { deadLetterTopic } from '#contracts';
import type { Outgoing } from './publish-queue.ts';
import type { RawMessage } from './raw-message.ts';

/** Headers that say where a dead letter comes from; the original's own headers stay. */
const REASON = 'dead-letter-reason';
const TOPIC = 'dead-letter-topic';
const PARTITION = 'dead-letter-partition';
const OFFSET = 'dead-letter-offset';
const AT = 'dead-letter-at';
const CUT_FROM = 'dead-letter-cut-from-bytes';
/** On a note without a value: the letter at this `partition/offset` of the same topic was sent again. */
const REDRIVEN = 'dead-letter-redriven';

const OURS = /^dead-letter-/;

export type DeadLetter = {
  /** its place in the dead-letter topic */
  readonly partition: number;
  readonly offset: bigint;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: bigint };
  readonly because: string;
  /** epoch ms */
  readonly at: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** those of the original */
  readonly headers: Readonly<Record<string, string>>;
  /** what the original had, when it was too long to be kept here; it is still where `source` says */
  readonly cutFromBytes?: number;
  /** epoch ms; absent while it was not sent again */
  readonly redrivenAt?: number;
};

/**
 * The message for `<topic>.dead-letter`. Bytes beyond `bytesMax` are cut, and said to be: a letter that the
 * broker refuses would stop its lane for ever, and the original is still where the headers say.
 */
export function writeDeadLetter(
  message: RawMessage,
  reason: { readonly because: string; readonly at: number },
  bytesMax: number,
): Outgoing {
  const size = message.value?.length ?? 0;
  return {
    topic: deadLetterTopic(message.topic),
    partition: message.partition,
    key: message.key,
    value: message.value?.subarray(0, bytesMax) ?? null,
    headers: {
      ...message.headers,
      [REASON]: reason.because,
      [TOPIC]: message.topic,
      [PARTITION]: String(message.partition),
      [OFFSET]: String(message.offset),
      [AT]: String(reason.at),
      ...(size > bytesMax ? { [CUT_FROM]: String(size) } : {}),
    },
  };
}

/** Says that a letter was sent again; it stays where it is. */
export function writeRedriven(letter: DeadLetter, at: number): Outgoing {
  return {
    topic: deadLetterTopic(letter.source.topic),
    partition: letter.partition,
    key: letter.key,
    value: null,
    headers: { [REDRIVEN]: `${letter.partition}/${letter.offset}`, [AT]: String(at) },
  };
}

/** Folds what is in a dead-letter topic into letters and what became of them. */
export function readDeadLetters(messages: readonly RawMessage[]): DeadLetter[] {
  const letters = new Map<string, DeadLetter>();
  for (const message of messages) {
    const { headers } = message;
    const redriven = headers[REDRIVEN];
    const letter = redriven === undefined ? undefined : letters.get(redriven);
    if (redriven === undefined)
      letters.set(`${message.partition}/${message.offset}`, readDeadLetter(message));
    else if (letter) letters.set(redriven, { ...letter, redrivenAt: Number(headers[AT]) });
  }
  return [...letters.values()].toSorted((a, b) => a.at - b.at);
}

function readDeadLetter({ partition, offset, key, value, headers, timestamp }: RawMessage): DeadLetter {
  const source = {
    topic: headers[TOPIC] ?? '',
    partition: Number(headers[PARTITION] ?? -1),
    offset: BigInt(/^\d+$/.exec(headers[OFFSET] ?? '')?.[0] ?? -1),
  };
  const own = Object.entries(headers).filter(([name]) => !OURS.test(name));
  const at = Number(headers[AT] ?? timestamp);
  const because = headers[REASON] ?? 'no reason is given';
  const cut = headers[CUT_FROM];
  return {
    partition,
    offset,
    source,
    because,
    at,
    key,
    value,
    headers: Object.fromEntries(own),
    ...(cut !== undefined && { cutFromBytes: Number(cut) }),
  };
}
