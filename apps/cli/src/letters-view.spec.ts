import { describe, expect, it } from 'vitest';
import { CONSUMED } from '#contracts';
import type { DeadLetter } from '#kafka';
import { chooseLetters, listedLetter, printLetters, readLetterTypes } from './letters-view.ts';
import { UsageError } from './usage-error.ts';

function letter(offset: bigint, more: Partial<DeadLetter> = {}): DeadLetter {
  const source = { topic: 'p.load-requested', partition: 3, offset: 40n + offset };
  const bytes = { key: Buffer.from('main/public.t'), value: Buffer.from([0xc3, 0x01, 0xff]) };
  return { partition: 3, offset, source, because: 'no schema', at: 0, ...bytes, headers: {}, ...more };
}

const LISTED = [letter(1n), letter(2n, { redrivenAt: 5 }), letter(3n)].map((one) =>
  listedLetter('load-requested', one),
);
const ids = (chosen: ReturnType<typeof chooseLetters>) => chosen.map(({ view }) => view.id);

describe('dead letters', () => {
  it('are printed without their bytes', () => {
    const text = printLetters(LISTED.map(({ view }) => view));
    expect(text.split('\n')[1]?.split(/ {2,}/)).toEqual([
      'load-requested/3/1',
      '1970-01-01T00:00:00Z',
      '3',
      'main/public.t',
      '-',
      'no schema',
    ]);
  });

  it('are all sent again except those that were', () => {
    expect(ids(chooseLetters(LISTED, []))).toEqual(['load-requested/3/1', 'load-requested/3/3']);
  });

  it('of which only the beginning was kept say so, and are not among all', () => {
    const cut = listedLetter('load-requested', letter(4n, { cutFromBytes: 2_000_000 }));
    expect(chooseLetters([cut], [])).toEqual([]);
    expect(printLetters([cut.view])).toContain('cut from 2000000 bytes');
  });

  it('are sent again by name, once, also when they were before', () => {
    const named = ['load-requested/3/2', 'load-requested/3/2'];
    expect(ids(chooseLetters(LISTED, named))).toEqual(['load-requested/3/2']);
    expect(() => chooseLetters(LISTED, ['load-requested/3/9'])).toThrow(UsageError);
  });

  it('are of all topics that services read, or of the one named', () => {
    expect(readLetterTypes(undefined, 'p.')).toEqual(CONSUMED);
    expect(readLetterTypes('p.clean-requested', 'p.')).toEqual(['clean-requested']);
    expect(readLetterTypes('clean-requested', 'p.')).toEqual(['clean-requested']);
    expect(() => readLetterTypes('load-completed', 'p.')).toThrow('load-requested, clean-requested');
  });
});
