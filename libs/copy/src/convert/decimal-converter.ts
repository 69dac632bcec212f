import type { ByteSink } from '../byte-sink.ts';
import { digitsEnd, DOT, dropBlanks, MINUS, PLUS, skipBlanks, ZERO } from './bytes.ts';
import type { DecimalFit } from './column-type.ts';
import type { FieldConverter } from './field-converter.ts';
import type { NullRule } from './null-rule.ts';
import { spellOut } from './spell-out.ts';

const INVALID_DECIMAL = 1209;
const NINE = 0x39;
const FIVE = 0x35;
const ONE = 0x31;
/** PostgreSQL's `numeric` without precision holds no more behind the point */
const DIGITS_MAX = 16_383;

/**
 * DECIMAL(p,s): digits beyond the scale are cut, or rounded half away from zero under ROUNDEC. Exponents are
 * taken too, because JSON writers make them.
 */
export class DecimalConverter implements FieldConverter {
  readonly #nulls: NullRule;
  readonly #rounds: boolean;
  readonly #scale: number;
  readonly #wholeDigits: number;

  constructor(how: { readonly fit: DecimalFit | undefined; readonly rounds: boolean }, nulls: NullRule) {
    this.#nulls = nulls;
    this.#rounds = how.rounds;
    this.#scale = how.fit?.scale ?? DIGITS_MAX;
    this.#wholeDigits = how.fit === undefined ? DIGITS_MAX : how.fit.precision - how.fit.scale;
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    const from = skipBlanks(bytes, start, end);
    const to = dropBlanks(bytes, from, end);
    if (isNull === true || from === to || this.#nulls.matches(bytes, start, end)) {
      out.appendNull();
      return 0;
    }
    return this.#write(bytes, from, to, out);
  }

  #write(bytes: Buffer, from: number, to: number, out: ByteSink): number {
    const sign = bytes[from];
    const whole = sign === MINUS || sign === PLUS ? from + 1 : from;
    const wholeEnd = digitsEnd(bytes, whole, to);
    const fraction = bytes[wholeEnd] === DOT && wholeEnd < to ? wholeEnd + 1 : wholeEnd;
    const fractionEnd = fraction > wholeEnd ? digitsEnd(bytes, fraction, to) : fraction;
    if (wholeEnd === whole && fractionEnd === fraction) return INVALID_DECIMAL;
    if (fractionEnd !== to) return this.#writeExponent(bytes, from, to, out);

    let first = whole;
    while (first < wholeEnd && bytes[first] === ZERO) first++;
    if (wholeEnd - first > this.#wholeDigits) return INVALID_DECIMAL;
    const kept = Math.min(fractionEnd, fraction + this.#scale);
    out.ensure(to - from + 2);
    if (sign === MINUS) out.appendByte(MINUS);
    const roundsUp = this.#rounds && kept < fractionEnd && (bytes[kept] ?? 0) >= FIVE;
    if (first === wholeEnd || roundsUp) out.appendByte(ZERO);
    const carryStop = out.length - 1;
    out.appendRaw(bytes, first, wholeEnd);
    if (kept > fraction) {
      out.appendByte(DOT);
      out.appendRaw(bytes, fraction, kept);
    }
    if (!roundsUp) return 0;
    return this.#roundUp(out, carryStop, wholeEnd - first) ? 0 : INVALID_DECIMAL;
  }

  /** Adds one to the last digit written; `zero` is where a spare zero stands for the carry. */
  #roundUp(out: ByteSink, zero: number, wholeDigits: number): boolean {
    const { buffer } = out;
    let at = out.length - 1;
    while (buffer[at] === NINE || buffer[at] === DOT) {
      if (buffer[at] === NINE) buffer[at] = ZERO;
      at--;
    }
    buffer[at] = (buffer[at] ?? 0) + 1;
    if (at !== zero || buffer[zero] !== ONE || wholeDigits < this.#wholeDigits) return true;
    out.length = buffer[zero - 1] === MINUS ? zero - 1 : zero;
    return false;
  }

  #writeExponent(bytes: Buffer, from: number, to: number, out: ByteSink): number {
    const spelt = spellOut(bytes.toString('latin1', from, to), DIGITS_MAX);
    return spelt === undefined ? INVALID_DECIMAL : this.#write(spelt, 0, spelt.length, out);
  }
}
