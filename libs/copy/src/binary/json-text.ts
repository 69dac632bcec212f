import { isUtf8 } from 'node:buffer';

/** Pieces of JSON text; nested values of binary files become this (reference/redshift-copy.md §2, AVRO). */
export function jsonString(text: string): string {
  return JSON.stringify(text);
}

/** Text when the bytes are text, else `\x` and hexadecimal digits, as PostgreSQL shows them. */
export function jsonBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return jsonString(isUtf8(buffer) ? buffer.toString('utf8') : hexText(buffer));
}

/** JSON has no words for what is no number. */
export function jsonFloat(value: number): string {
  return Number.isFinite(value) ? String(value) : jsonString(floatText(value));
}

export function jsonList(items: readonly string[]): string {
  return `[${items.join(',')}]`;
}

/** @param members name and JSON text of the value */
export function jsonObject(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, value]) => `${jsonString(name)}:${value}`).join(',')}}`;
}

/** As Redshift and PostgreSQL read it: `NaN`, `Infinity`, `-Infinity` included. */
export function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** As PostgreSQL reads `bytea`. */
export function hexText(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
