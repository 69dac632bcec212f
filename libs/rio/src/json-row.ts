import { isUtf8 } from 'node:buffer';
import { types } from 'node:util';
import { InvalidJSONInput } from './rio-error.ts';

/** One JSON object: its text, its bytes, or a value that serialises to one. */
export type JsonRow = string | Uint8Array | object;

/**
 * A row as one line of JSON. Only a line end between two tokens can be one: strings hold them escaped.
 * @throws InvalidJSONInput
 */
export function jsonLine(row: JsonRow): string {
  if (typeof row === 'string') return checked(row);
  if (row instanceof Uint8Array) return checked(textOf(row));
  return serialised(row);
}

function checked(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // the parser's message repeats the text
    throw new InvalidJSONInput('not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw notAnObject();
  if (!text.includes('\n') && !text.includes('\r')) return text;
  return text.trim().replaceAll(/[\r\n]+/g, ' ');
}

function textOf(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new InvalidJSONInput('not UTF-8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function serialised(row: unknown): string {
  // JSON.stringify makes {} of them
  if (types.isMap(row) || types.isSet(row)) throw new InvalidJSONInput('a Map or Set is no JSON object');
  let text: string | undefined;
  try {
    text = JSON.stringify(row);
  } catch (thrown) {
    throw new InvalidJSONInput('a value that JSON cannot say', thrown);
  }
  if (text === undefined || !text.startsWith('{')) throw notAnObject();
  return text;
}

function notAnObject(): InvalidJSONInput {
  return new InvalidJSONInput('expected a JSON object');
}
