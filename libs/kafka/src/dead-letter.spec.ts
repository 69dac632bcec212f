import { describe, expect, it } from 'vitest';
import { readDeadLetters, writeDeadLetter, writeRedriven } from './dead-letter.ts';
import type { Outgoing } from './publish-queue.ts';
import type { RawMessage } from './raw-message.ts';

const broken: RawMessage = {
  topic: 'p-load-requested',
  partition: 2,
  offset: 41n,
  key: Buffer.from('k'),
  value: Buffer.from('broken'),
  headers: { traceparent: '00-1' },
  timestamp: 5,
};
const stored = (message: Outgoing, offset: bigint): RawMessage => ({ ...message, offset, timestamp: 9 });

describe('a dead letter', () => {
  it('goes to the topic beside its own and keeps everything the message had', () => {
    const letter = writeDeadLetter(broken, { because: 'not Avro', at: 7 }, 100);
    expect(letter).toMatchObject({
      topic: 'p-load-requested.dead-letter',
      partition: 2,
      key: broken.key,
      value: broken.value,
    });
    expect(readDeadLetters([stored(letter, 3n)])).toEqual([
      {
        partition: 2,
        offset: 3n,
        source: { topic: 'p-load-requested', partition: 2, offset: 41n },
        because: 'not Avro',
        at: 7,
        key: broken.key,
        value: broken.value,
        headers: { traceparent: '00-1' },
      },
    ]);
  });

  it('is cut when the broker would refuse it, and says so', () => {
    const letter = writeDeadLetter(broken, { because: 'not Avro', at: 7 }, 3);
    expect(letter.value?.toString()).toBe('bro');
    expect(letter.headers['dead-letter-cut-from-bytes']).toBe('6');
  });

  it('is known to have been sent again, and stays', () => {
    const first = stored(writeDeadLetter(broken, { because: 'x', at: 7 }, 100), 3n);
    const second = stored(writeDeadLetter(broken, { because: 'y', at: 8 }, 100), 4n);
    const [letter] = readDeadLetters([first]);
    const note = letter && stored(writeRedriven(letter, 99), 5n);
    expect(note?.topic).toBe('p-load-requested.dead-letter');
    const letters = readDeadLetters([first, second, ...(note ? [note] : [])]);
    expect(letters.map(({ because, redrivenAt }) => [because, redrivenAt])).toEqual([
      ['x', 99],
      ['y', undefined],
    ]);
  });

  it('that somebody else wrote is listed without a source', () => {
    const [letter] = readDeadLetters([{ ...broken, topic: 'x.dead-letter' }]);
    expect(letter).toMatchObject({
      source: { topic: '', offset: -1n },
      because: 'no reason is given',
      at: 5,
    });
  });
});
