import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converted } from './try-converter.ts';

const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${max}}$`));
const sign = fc.constantFrom('', '-', '+');
const pad = fc.constantFrom('', ' ', '  ', '\t');

const INTEGERS = [
  { type: 'smallint', bits: 16n },
  { type: 'integer', bits: 32n },
  { type: 'bigint', bits: 64n },
] as const;

describe('integers', () => {
  it.each(INTEGERS)('$type takes what fits, and nothing else', ({ type, bits }) => {
    const bound = 1n << (bits - 1n);
    const near = fc.bigInt({ min: -bound - 3n, max: bound + 3n }).map(String);
    const edge = fc.constantFrom(bound, bound - 1n, -bound, -bound - 1n).map(String);
    const texts = fc.oneof(
      near,
      edge,
      fc.tuple(sign, digits(24)).map(([s, d]) => `${s}${d || '0'}`),
    );
    fc.assert(
      fc.property(texts, pad, pad, (text, before, after) => {
        const value = BigInt(text.replace('+', ''));
        const fits = value >= -bound && value < bound;
        expect(converted(type, `${before}${text}${after}`)).toBe(fits ? text : 1222);
      }),
    );
  });

  it.each(['a', '1.0', '1e5', '--1', '-', '+', '1 2', '0x1F', '1_000', '１', 'NaN'])(
    'refuses %s as 1207',
    (text) => {
      expect(converted('integer', text)).toBe(1207);
    },
  );
});

/** What DECIMAL(p,s) makes of sign, whole digits and fraction, in units of the last digit. */
function decimalModel(
  text: string,
  fit: { precision: number; scale: number },
  rounds: boolean,
): bigint | undefined {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const kept = BigInt(`${whole || '0'}${fraction.slice(0, fit.scale).padEnd(fit.scale, '0')}`);
  const up = rounds && Number(fraction[fit.scale] ?? '0') >= 5 ? 1n : 0n;
  const size = kept + up;
  if (size >= 10n ** BigInt(fit.precision)) return undefined;
  return negative ? -size : size;
}

function unitsOf(result: string, scale: number): bigint {
  const [whole = '', fraction = ''] = result.replace('-', '').split('.');
  expect(fraction.length).toBeLessThanOrEqual(scale);
  const size = BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
  return result.startsWith('-') ? -size : size;
}

const fit = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.nat({ max: 38 }))
  .map(([precision, scale]) => ({ precision, scale: Math.min(scale, precision) }));
const decimalText = fc
  .tuple(sign, digits(20), fc.boolean(), fc.oneof(digits(20), fc.constantFrom('995', '9999999', '5', '49')))
  .map(([s, whole, point, fraction]) => `${s}${whole}${point ? `.${fraction}` : ''}`)
  .filter((text) => /\d/.test(text));

describe('DECIMAL', () => {
  it('equals a model in big integers, cut or rounded', () => {
    fc.assert(
      fc.property(decimalText, fit, fc.boolean(), (text, { precision, scale }, roundDecimals) => {
        const expected = decimalModel(text, { precision, scale }, roundDecimals);
        const result = converted(`numeric(${precision},${scale})`, text, { roundDecimals });
        expect(typeof result === 'number' ? result : unitsOf(result, scale)).toBe(expected ?? 1209);
      }),
      { numRuns: 1000 },
    );
  });

  it('carries a rounding through nines, up to the precision', () => {
    const roundDecimals = true;
    expect(Number(converted('numeric(5,2)', '99.995', { roundDecimals }))).toBe(100);
    expect(Number(converted('numeric(5,2)', '-99.995', { roundDecimals }))).toBe(-100);
    expect(converted('numeric(5,2)', '999.995', { roundDecimals })).toBe(1209);
    expect(converted('numeric(5,2)', '-999.995', { roundDecimals })).toBe(1209);
    expect(converted('numeric(2,2)', '.995', { roundDecimals })).toBe(1209);
  });

  it('takes exponents, as JSON writers make them', () => {
    expect(Number(converted('numeric(8,2)', '1.25e3'))).toBe(1250);
    expect(Number(converted('numeric(8,2)', '-125E-2'))).toBe(-1.25);
    expect(converted('numeric(8,2)', '1e7')).toBe(1209);
    expect(converted('numeric', '1e99999')).toBe(1209);
    expect(Number(converted('numeric', '1.5e3'))).toBe(1500);
  });

  it('keeps every digit of a numeric without precision', () => {
    expect(converted('numeric', '123456789012345678901234567890.123456789')).toBe(
      '123456789012345678901234567890.123456789',
    );
  });

  it.each(['a', '.', '-', '1.2.3', '1,5', 'NaN', 'Infinity', '1e', 'e5', '1e+', '--1', '1 2'])(
    'refuses %s as 1209',
    (text) => {
      expect(converted('numeric(8,2)', text)).toBe(1209);
    },
  );

  it.each(['', '   '])('takes "%s" for NULL', (text) => {
    expect(converted('numeric(8,2)', text)).toBe('\\N');
  });
});

describe('REAL and DOUBLE PRECISION', () => {
  it('take every finite double as JavaScript prints it', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        expect(converted('double precision', String(value))).toBe(String(value));
      }),
    );
  });

  it.each(['12.123', '1.0E4', '-1e-5', '.5', '5.', 'NaN', 'inf', '-Infinity', '0e999', '0.0'])(
    'take %s',
    (text) => {
      expect(converted('real', text)).toBe(text);
    },
  );

  it.each(['', '-', '.', 'e5', '1e', '1e+', '1.2.3', '0x1p3', '1 2', 'nano', '1d'])(
    '"%s" is no number',
    (text) => {
      expect(converted('double precision', text)).toBe(text === '' ? '\\N' : 1208);
    },
  );

  it('refuse what PostgreSQL would: too large, or too small to be told from zero', () => {
    expect(converted('real', '1e39')).toBe(1208);
    expect(converted('real', '3.4e38')).toBe('3.4e38');
    expect(converted('real', '1e-50')).toBe(1208);
    expect(converted('double precision', '1e400')).toBe(1208);
    expect(converted('double precision', '1e-400')).toBe(1208);
    expect(converted('double precision', '9'.repeat(400))).toBe(1208);
  });
});

describe('BOOLEAN', () => {
  it.each(['t', 'TRUE', 'True', 'y', 'Yes', '1', ' true '])('%s is true', (text) => {
    expect(converted('boolean', text)).toBe('t');
  });

  it.each(['f', 'false', 'N', 'no', '0'])('%s is false', (text) => {
    expect(converted('boolean', text)).toBe('f');
  });

  it.each(['on', '2', 'tru', 'truee', 'Q', '\u0011', 'T\u0012UE', 'yEz'])('%j is 1210', (text) => {
    expect(converted('boolean', text)).toBe(1210);
  });
});
