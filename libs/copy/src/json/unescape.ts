import { hexValue } from './json-scanner.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** What stands for the letter behind a backslash; 0: the letter itself. */
const NAMED = new Uint8Array(128);
for (const [letter, byte] of [
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
] as const) {
  NAMED[letter.charCodeAt(0)] = byte;
}

/**
 * Writes a JSON string, whose escapes are known to be sound, as UTF-8 from `into[0]`; it never grows. A lone
 * surrogate, which UTF-8 cannot say, becomes the three bytes it would have: the column's converter refuses
 * them (1220) or replaces them (ACCEPTINVCHARS).
 * @returns the bytes written
 */
export function unescape(bytes: Buffer, start: number, end: number, into: Buffer): number {
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== BACKSLASH) {
      into[length++] = byte;
      continue;
    }
    const letter = bytes[++at] ?? 0;
    if (letter !== LOWER_U) {
      const named = NAMED[letter] ?? 0;
      into[length++] = named === 0 ? letter : named;
      continue;
    }
    const unit = hex4(bytes, at + 1);
    at += 4;
    const low = isHigh(unit) && bytes[at + 1] === BACKSLASH && bytes[at + 2] === LOWER_U && at + 6 < end;
    const second = low ? hex4(bytes, at + 3) : 0;
    const isPair = second >= 0xdc00 && second < 0xe000;
    if (isPair) at += 6;
    const point = isPair ? 0x1_0000 + ((unit - 0xd800) << 10) + (second - 0xdc00) : unit;
    length = writePoint(point, into, length);
  }
  return length;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function hex4(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) value = value * 16 + hexValue(bytes[i] ?? 0);
  return value;
}

function writePoint(point: number, into: Buffer, at: number): number {
  let length = at;
  if (point < 0x80) {
    into[length++] = point;
    return length;
  }
  if (point < 0x800) into[length++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x1_0000) into[length++] = 0xe0 | (point >> 12);
    else {
      into[length++] = 0xf0 | (point >> 18);
      into[length++] = 0x80 | ((point >> 12) & 0x3f);
    }
    into[length++] = 0x80 | ((point >> 6) & 0x3f);
  }
  into[length++] = 0x80 | (point & 0x3f);
  return length;
}
