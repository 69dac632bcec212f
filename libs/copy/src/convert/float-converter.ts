import type { ByteSink } from '../byte-sink.ts';
import { digitsEnd, DOT, dropBlanks, MINUS, PLUS, skipBlanks } from './bytes.ts';
import type { FieldConverter } from './field-converter.ts';
import type { NullRule } from './null-rule.ts';

const INVALID_FLOAT = 1208;
const LOWER_E = 0x65;
const TO_LOWER = 0x20;
/** plain digits no longer than this can neither overflow nor vanish in a REAL */
const SAFE_LENGTH = 36;
const NAMED = /^[+-]?(?:nan|inf(?:inity)?)$/i;
const NONZERO = /^[^eE]*[1-9]/;
/** what PostgreSQL rounds to infinity, and to zero (it refuses both) */
const RANGE = {
  4: { tooLarge: 3.4028235677973366e38, tooSmall: 7.006492321624085e-46 },
  8: { tooLarge: Number.POSITIVE_INFINITY, tooSmall: 0 },
} as const;

/** REAL, DOUBLE PRECISION: `12.5`, `1.0E4`, `NaN`, `Infinity`. */
export class FloatConverter implements FieldConverter {
  readonly #bytes: 4 | 8;
  readonly #nulls: NullRule;

  constructor(bytes: 4 | 8, nulls: NullRule) {
    this.#bytes = bytes;
    this.#nulls = nulls;
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    const from = skipBlanks(bytes, start, end);
    const to = dropBlanks(bytes, from, end);
    if (isNull === true || from === to || this.#nulls.matches(bytes, start, end)) {
      out.appendNull();
      return 0;
    }
    const plainEnd = mantissaEnd(bytes, from, to);
    if ((plainEnd !== to || to - from > SAFE_LENGTH) && !this.#isSound(bytes, from, plainEnd, to)) {
      return INVALID_FLOAT;
    }
    out.appendRaw(bytes, from, to);
    return 0;
  }

  #isSound(bytes: Buffer, from: number, plainEnd: number, to: number): boolean {
    const text = bytes.toString('latin1', from, to);
    if (plainEnd === from) return NAMED.test(text);
    if (plainEnd !== to && !isExponent(bytes, plainEnd, to)) return false;
    const size = Math.abs(Number(text));
    const { tooLarge, tooSmall } = RANGE[this.#bytes];
    return size < tooLarge && (size > tooSmall || !NONZERO.test(text));
  }
}

/** Where `[+-]digits[.digits]` ends; `from` when there is none. */
function mantissaEnd(bytes: Buffer, from: number, to: number): number {
  const signed = bytes[from] === MINUS || bytes[from] === PLUS ? from + 1 : from;
  const whole = digitsEnd(bytes, signed, to);
  if (whole === to || bytes[whole] !== DOT) return whole === signed ? from : whole;
  const end = digitsEnd(bytes, whole + 1, to);
  return whole === signed && end === whole + 1 ? from : end;
}

function isExponent(bytes: Buffer, at: number, to: number): boolean {
  if (((bytes[at] ?? 0) | TO_LOWER) !== LOWER_E) return false;
  const sign = bytes[at + 1];
  const digits = sign === MINUS || sign === PLUS ? at + 2 : at + 1;
  return digits < to && digitsEnd(bytes, digits, to) === to;
}
