import type { ByteSink } from '../byte-sink.ts';
import { digitsEnd, DOT, dropBlanks, PLUS, skipBlanks, ZERO } from './bytes.ts';
import type { FieldConverter } from './field-converter.ts';
import { clockLength, isOffset } from './iso-text.ts';
import type { NullRule } from './null-rule.ts';

const INVALID_TIMESTAMP = 1206;
const MICRO_DIGITS = 6;

/**
 * TIME and TIMETZ: `HH:MI[:SS[.f…]]`, TIMETZ with an offset or in UTC; digits past the microsecond are cut.
 */
export class TimeConverter implements FieldConverter {
  readonly #withZone: boolean;
  readonly #nulls: NullRule;

  constructor(withZone: boolean, nulls: NullRule) {
    this.#withZone = withZone;
    this.#nulls = nulls;
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    const from = skipBlanks(bytes, start, end);
    const to = dropBlanks(bytes, from, end);
    if (isNull === true || from === to || this.#nulls.matches(bytes, start, end)) {
      out.appendNull();
      return 0;
    }
    const length = clockLength(bytes, from, to);
    if (length === 0) return INVALID_TIMESTAMP;
    const clockEnd = from + length;
    const hasFraction = clockEnd < to && bytes[clockEnd] === DOT;
    const fractionEnd = hasFraction ? digitsEnd(bytes, clockEnd + 1, to) : clockEnd;
    if (fractionEnd < to && !(this.#withZone && isOffset(bytes, fractionEnd, to))) return INVALID_TIMESTAMP;
    const bare = hasFraction && fractionEnd === clockEnd + 1;
    out.appendRaw(bytes, from, bare ? clockEnd : Math.min(fractionEnd, clockEnd + 1 + MICRO_DIGITS));
    if (fractionEnd < to) out.appendRaw(bytes, fractionEnd, to);
    else if (this.#withZone) for (const byte of [PLUS, ZERO, ZERO]) out.appendByte(byte);
    return 0;
  }
}
