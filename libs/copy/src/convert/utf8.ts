/**
 * The character at `at` (RFC 3629, as WHATWG's decoder in fatal mode reads it).
 * @returns its width in bytes, 1–4; for a broken character minus the bytes that belong to it: what its first
 *   byte promises, as far as continuation bytes follow
 */
export function utf8Width(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const promised = promisedWidth(first);
  if (promised === 1) return -1;
  let have = 1;
  while (have < promised && at + have < end && isContinuation(bytes[at + have] ?? 0)) have++;
  const whole = have === promised && promised <= 4;
  return whole && inRange(first, bytes[at + 1] ?? 0) ? have : -have;
}

/** 5 and 6 byte forms (RFC 2279) are invalid, but are one character to whoever wrote them. */
function promisedWidth(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  if (first < 0xf8) return 4;
  if (first < 0xfc) return 5;
  return first < 0xfe ? 6 : 1;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** No overlong forms, no surrogates, nothing beyond U+10FFFF. */
function inRange(first: number, second: number): boolean {
  if (first === 0xc0 || first === 0xc1 || first > 0xf4) return false;
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  if (first === 0xf4) return second < 0x90;
  return true;
}
