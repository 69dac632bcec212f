import type { ByteSink } from '../byte-sink.ts';
import { dropBlanks, skipBlanks } from './bytes.ts';
import type { FieldConverter } from './field-converter.ts';
import type { NullRule } from './null-rule.ts';

const INVALID_BOOLEAN = 1210;
const TO_LOWER = 0x20;
const TRUE = 0x74;
const FALSE = 0x66;

const WORDS = [
  { word: '1', means: TRUE },
  { word: '0', means: FALSE },
  { word: 't', means: TRUE },
  { word: 'f', means: FALSE },
  { word: 'true', means: TRUE },
  { word: 'false', means: FALSE },
  { word: 'y', means: TRUE },
  { word: 'n', means: FALSE },
  { word: 'yes', means: TRUE },
  { word: 'no', means: FALSE },
].map(({ word, means }) => ({ bytes: Buffer.from(word), means }));

/** BOOLEAN: t, true, y, yes, 1 and their opposites, in any case. */
export class BooleanConverter implements FieldConverter {
  readonly #nulls: NullRule;

  constructor(nulls: NullRule) {
    this.#nulls = nulls;
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    const from = skipBlanks(bytes, start, end);
    const to = dropBlanks(bytes, from, end);
    if (isNull === true || from === to || this.#nulls.matches(bytes, start, end)) {
      out.appendNull();
      return 0;
    }
    for (const word of WORDS) {
      if (!sameWord(bytes, from, to, word.bytes)) continue;
      out.appendByte(word.means);
      return 0;
    }
    return INVALID_BOOLEAN;
  }
}

/** 0x30 and 0x31 have the lower-case bit already, so digits compare as they are. */
function sameWord(bytes: Buffer, from: number, to: number, word: Buffer): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[from + i] ?? 0;
    if (byte !== word[i] && (byte < 0x41 || (byte | TO_LOWER) !== word[i])) return false;
  }
  return true;
}
