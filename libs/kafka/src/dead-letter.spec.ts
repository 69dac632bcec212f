import { describe, expect, it } from 'vitest';
import { readDeadLetters, writeDeadLetter, writeRedriven } from './dead-letter.ts';
import type { Outgoing } from './publish-queue.ts';
import type { RawMessage } from './raw-message.ts';

const message: RawMessage = {
  topic: 'load-requested',
  partition: 3,
  offset: 17n,
  key: Buffer.from('k'),
  value: Buffer.from('no event'),
  headers: { traceparent: '00-1' },
  timestamp: 5,
};
const reason = { because: 'no schema', at: 9 };

/** As it comes back from the dead-letter topic. */
function kept({ topic, partition, key, value, headers }: Outgoing, offset: bigint): RawMessage {
  return { topic, partition, offset, key, value, headers, timestamp: 10 };
}

describe('a dead letter', () => {
  it('is read back with its source, its reason and the bytes and headers of the original', () => {
    const [letter] = readDeadLetters([kept(writeDeadLetter(message, reason, 1_000), 0n)]);
    expect(letter).toEqual({
      partition: 3,
      offset: 0n,
      source: { topic: 'load-requested', partition: 3, offset: 17n },
      because: 'no schema',
      at: 9,
      key: message.key,
      value: message.value,
      headers: message.headers,
    });
  });

  it('says when only its beginning was kept', () => {
    const [letter] = readDeadLetters([kept(writeDeadLetter(message, reason, 2), 0n)]);
    expect(letter).toMatchObject({ value: Buffer.from('no'), cutFromBytes: 8 });
  });

  it('says when it was sent again', () => {
    const first = kept(writeDeadLetter(message, reason, 1_000), 0n);
    const [letter] = readDeadLetters([first]);
    if (!letter) throw new Error('no letter');
    expect(readDeadLetters([first, kept(writeRedriven(letter, 30), 1n)])).toEqual([
      { ...letter, redrivenAt: 30 },
    ]);
  });
});
