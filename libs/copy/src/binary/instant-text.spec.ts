import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, decimalText, signedNumber, timestampText, timeText } from './instant-text.ts';

describe('instants', () => {
  it('agree with the calendar of Date, to the unit', () => {
    const millis = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(millis, fc.nat(999), (at, more) => {
        // Date writes years of four digits
        const iso = new Date(at).toISOString().replace('T', ' ').replace('Z', '');
        const seconds = iso.slice(0, 19);
        expect(timestampText(BigInt(at), 'millis')).toBe(cut(seconds, iso.slice(20)));
        const micros = BigInt(at) * 1000n + BigInt(more);
        expect(timestampText(micros, 'micros')).toBe(cut(seconds, iso.slice(20) + pad(more)));
        expect(timestampText(micros * 1000n + 7n, 'nanos')).toBe(
          `${seconds}.${iso.slice(20)}${pad(more)}007`,
        );
        expect(dateText(Math.floor(at / 86_400_000))).toBe(iso.slice(0, 10));
      }),
    );
  });

  it('before our era have their era, and beyond the calendar none', () => {
    expect(dateText(-719_163)).toBe('0001-12-31 BC');
    expect(timestampText(-719_163n * 86_400_000n, 'millis')).toBe('0001-12-31 00:00:00 BC');
    expect(timestampText(2n ** 62n, 'millis')).toBeUndefined();
    expect(dateText(2 ** 31)).toBeUndefined();
  });

  it('of a day are clock times', () => {
    expect(timeText(0, 'millis')).toBe('00:00:00');
    expect(timeText(86_399_999_999n, 'micros')).toBe('23:59:59.999999');
    expect(timeText(3_600_000_000_010n, 'nanos')).toBe('01:00:00.00000001');
  });
});

describe('decimals', () => {
  it('keep every digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.nat(38), (unscaled, scale) => {
        const text = decimalText(unscaled, scale);
        expect(text).toMatch(scale === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${scale}}$`));
        expect(BigInt(text.replace('.', ''))).toBe(unscaled);
      }),
    );
  });

  it('of a negative scale are whole', () => {
    expect(decimalText(-12n, -2)).toBe('-1200');
  });

  it('are two’s complement of any length', () => {
    expect(signedNumber(Buffer.from([]))).toBe(0n);
    expect(signedNumber(Buffer.from([0xff]))).toBe(-1n);
    expect(signedNumber(Buffer.from([0x80, 0, 0]))).toBe(-(2n ** 23n));
    expect(signedNumber(Buffer.from([0, 0x80]))).toBe(128n);
  });
});

function pad(micros: number): string {
  return String(micros).padStart(3, '0');
}

function cut(seconds: string, fraction: string): string {
  const needed = fraction.replace(/0+$/, '');
  return needed === '' ? seconds : `${seconds}.${needed}`;
}
