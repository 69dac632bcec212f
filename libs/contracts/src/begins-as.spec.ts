import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../released/samples.ts';
import { beginsAs } from './begins-as.ts';
import { encodeEvent, readFraming } from './codec.ts';
import { EVENT_TYPES } from './topics.ts';

const bodyOf = (bytes: Buffer): Buffer => {
  const framing = readFraming(bytes);
  if (framing.kind === 'none') throw new Error('not framed');
  return framing.body;
};

describe('the beginning of an event', () => {
  it.each(SAMPLES)('of type $type is known', (event) => {
    const body = bodyOf(encodeEvent(event, { registryId: 4 }));
    expect(beginsAs(event.type, body)).toBe(true);
    if (event.type === 'sweep-requested') expect(beginsAs('load-requested', body)).toBe(false);
  });

  it.each(SAMPLES)('of type $type is known with whatever a newer release has behind it', (event) => {
    const body = bodyOf(encodeEvent(event));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (more) => {
        expect(beginsAs(event.type, Buffer.concat([body.subarray(0, 60), more]))).toBe(true);
      }),
    );
  });

  it.each(EVENT_TYPES)('of type %s is not seen in arbitrary bytes', (type) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(beginsAs(type, Buffer.from(bytes))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not seen in text, in nothing, and in what breaks off', () => {
    for (const type of EVENT_TYPES) {
      expect(beginsAs(type, Buffer.from('{"loadId":"0123456789abcdef0123456789abcdef"}'))).toBe(false);
      expect(beginsAs(type, Buffer.alloc(0))).toBe(false);
      expect(beginsAs(type, Buffer.alloc(100))).toBe(false);
    }
    const [event] = SAMPLES;
    if (event) expect(beginsAs(event.type, bodyOf(encodeEvent(event)).subarray(0, 20))).toBe(false);
  });
});
