import type { ByteSink } from '../byte-sink.ts';
import { skipBlanks } from './bytes.ts';
import type { FieldConverter } from './field-converter.ts';
import type { NullRule } from './null-rule.ts';

const MALFORMED_JSON = 1224;

/** SUPER, json, jsonb: a field must be JSON text; an empty one is NULL. */
export class JsonConverter implements FieldConverter {
  readonly #text: FieldConverter;
  readonly #nulls: NullRule;

  /** @param text writes what is JSON, and refuses invalid UTF-8 */
  constructor(text: FieldConverter, nulls: NullRule) {
    this.#text = text;
    this.#nulls = nulls;
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    const isVoid = isNull === true || this.#nulls.matches(bytes, start, end);
    if (isVoid || skipBlanks(bytes, start, end) === end)
      return this.#text.convert(bytes, start, end, out, isVoid);
    const before = out.length;
    const code = this.#text.convert(bytes, start, end, out, false);
    if (code !== 0 || isJson(bytes.toString('utf8', start, end))) return code;
    out.length = before;
    return MALFORMED_JSON;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
