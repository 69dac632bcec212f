import { describe, expect, it } from 'vitest';
import { readPlace } from './skip-message.ts';
import { UsageError } from './usage-error.ts';

describe('the place of a message', () => {
  it('is its topic, partition and offset, whatever the prefix of the topic is', () => {
    expect(readPlace('load-requested/3/17')).toEqual({ topic: 'load-requested', partition: 3, offset: 17n });
    const named = { topic: 'a.b/c-load-requested', partition: 0, offset: 900_719_925_474_099_312n };
    expect(readPlace('a.b/c-load-requested/0/900719925474099312')).toEqual(named);
  });

  it.each(['', 'load-requested', 'load-requested/3', '/3/17', 'load-requested/3/-1', 'load-requested/x/1'])(
    'is not %j',
    (text) => {
      expect(() => readPlace(text)).toThrow(UsageError);
    },
  );
});
