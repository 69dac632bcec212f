import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter } from './frame-splitter.ts';
import type { Frame } from './frame-splitter.ts';
import { bareFrame, frame } from './write-frame.ts';

function split(splitter: FrameSplitter, chunks: readonly Buffer[]): Frame[] {
  const frames: Frame[] = [];
  for (const chunk of chunks) {
    splitter.add(chunk);
    for (let next = splitter.next(); next; next = splitter.next()) frames.push(next);
  }
  return frames;
}

describe('FrameSplitter', () => {
  it('finds the same messages however the bytes are torn', () => {
    const message = fc.record({
      type: fc.constantFrom('Q', 'D', 'Z'),
      body: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.integer({ min: 1, max: 64 })), (messages, sizes) => {
        const bytes = Buffer.concat(
          messages.map(({ type, body }) => frame(type, { bytes: Buffer.from(body) })),
        );
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % Math.max(1, sizes.length)] ?? 7;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const found = split(new FrameSplitter('session'), chunks);
        expect(found.map(({ type, body }) => ({ type, body: [...body] }))).toEqual(
          messages.map(({ type, body }) => ({ type, body: [...body] })),
        );
        expect(Buffer.concat(found.map((one) => one.bytes))).toEqual(bytes);
      }),
    );
  });

  it('reads messages without a letter until the session begins', () => {
    const splitter = new FrameSplitter('startup');
    const [first] = split(splitter, [bareFrame({ int32: 7 })]);
    expect(first?.body.readInt32BE(0)).toBe(7);
    splitter.beginSession();
    expect(split(splitter, [frame('Q', { text: 'x' })])[0]?.type).toBe('Q');
  });

  it.each([
    ['startup', 20_000],
    ['session', -5],
    ['session', 3],
  ] as const)('refuses a length that no message has: %s %d', (phase, length) => {
    const head = Buffer.alloc(9);
    head.writeInt32BE(length, phase === 'session' ? 1 : 0);
    expect(() => split(new FrameSplitter(phase), [head])).toThrow(RangeError);
  });
});
