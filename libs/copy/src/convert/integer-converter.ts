import type { ByteSink } from '../byte-sink.ts';
import { digitAt, dropBlanks, MINUS, PLUS, skipBlanks, ZERO } from './bytes.ts';
import type { FieldConverter } from './field-converter.ts';
import type { NullRule } from './null-rule.ts';

const INVALID_DIGIT = 1207;
const OVERFLOW = 1222;

const BOUNDS = {
  2: { positive: '32767', negative: '32768' },
  4: { positive: '2147483647', negative: '2147483648' },
  8: { positive: '9223372036854775807', negative: '9223372036854775808' },
} as const;

/** SMALLINT, INTEGER, BIGINT: a sign and digits; blanks around them are forgiven. */
export class IntegerConverter implements FieldConverter {
  readonly #nulls: NullRule;
  readonly #positive: Buffer;
  readonly #negative: Buffer;

  constructor(bytes: 2 | 4 | 8, nulls: NullRule) {
    this.#nulls = nulls;
    this.#positive = Buffer.from(BOUNDS[bytes].positive);
    this.#negative = Buffer.from(BOUNDS[bytes].negative);
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    const from = skipBlanks(bytes, start, end);
    const to = dropBlanks(bytes, from, end);
    if (isNull === true || from === to || this.#nulls.matches(bytes, start, end)) {
      out.appendNull();
      return 0;
    }
    const sign = bytes[from];
    const digits = sign === MINUS || sign === PLUS ? from + 1 : from;
    if (digits === to) return INVALID_DIGIT;
    for (let i = digits; i < to; i++) if (digitAt(bytes, i) > 9) return INVALID_DIGIT;
    const bound = sign === MINUS ? this.#negative : this.#positive;
    if (to - digits >= bound.length && exceeds(bytes, digits, to, bound)) return OVERFLOW;
    out.appendRaw(bytes, from, to);
    return 0;
  }
}

function exceeds(bytes: Buffer, start: number, end: number, bound: Buffer): boolean {
  let at = start;
  while (at < end && bytes[at] === ZERO) at++;
  if (end - at !== bound.length) return end - at > bound.length;
  return bytes.compare(bound, 0, bound.length, at, end) > 0;
}
