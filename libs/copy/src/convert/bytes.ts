export const MINUS = 0x2d;
export const PLUS = 0x2b;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const SPACE = 0x20;
export const BACKSLASH = 0x5c;

/** Space, tab, LF, VT, FF, CR. */
export function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d);
}

export function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] ?? 0)) at++;
  return at;
}

/** The end without trailing blanks. */
export function dropBlanks(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1] ?? 0)) at--;
  return at;
}

/** 0–9, or more than 9 for a byte that is no digit (also past the end). */
export function digitAt(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) - ZERO) >>> 0;
}

/** Where the digits that begin at `start` end. */
export function digitsEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && digitAt(bytes, at) <= 9) at++;
  return at;
}
