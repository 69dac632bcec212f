import { isAscii, isUtf8 } from 'node:buffer';
import { PassThroughRefused } from '../copy-feed.ts';
import type { PassThroughPlan } from './plan-pass-through.ts';

const LF = 0x0a;
/** A longer row takes the row engine, which reads up to 4 MB. */
const UNVETTED_BYTES_MAX = 1024 * 1024;

type Allowed = Extract<PassThroughPlan, { kind: 'allowed' }>;

/**
 * Lets whole rows through once the pattern has vouched for them: nothing reaches Postgres unvetted. The first
 * row decides between LF and CRLF for the whole file, because Postgres refuses a mixture.
 */
export class RowVetter {
  readonly #plan: Allowed;
  #rows: RegExp | undefined;
  #lineEnd = '\n';
  #kept: Buffer[] = [];

  constructor(plan: Allowed) {
    this.#plan = plan;
  }

  /** @returns the vetted bytes so far not returned. @throws PassThroughRefused */
  push(chunk: Buffer): Buffer {
    this.#kept.push(chunk);
    const bytes = this.#kept.length === 1 ? chunk : Buffer.concat(this.#kept);
    const text = bytes.toString('latin1');
    const rows = this.#rows ?? this.#choose(text);
    const vetted = rows === undefined ? 0 : matched(rows, text);
    this.#check(bytes.subarray(0, vetted));
    this.#refuseBadLine(bytes, vetted);
    return this.#keep(bytes, vetted);
  }

  /** The file is over: what is left must be one row without a line end, or nothing. */
  end(): Buffer {
    const bytes = Buffer.concat(this.#kept);
    if (bytes.length === 0) return bytes;
    const text = bytes.toString('latin1') + this.#lineEnd;
    if (matched(this.#rows ?? this.#plan.rows.lf, text) !== text.length)
      throw new PassThroughRefused('the last row is not in a form that both read alike');
    this.#check(bytes);
    return bytes;
  }

  /** Not the first LF decides, which may lie inside quotes, but the first whole row. */
  #choose(text: string): RegExp | undefined {
    const { lf, crlf } = this.#plan.rows;
    if (matched(lf, text) > 0) this.#rows = lf;
    else if (matched(crlf, text) > 0) this.#rows = crlf;
    this.#lineEnd = this.#rows === crlf ? '\r\n' : '\n';
    return this.#rows;
  }

  #keep(bytes: Buffer, vetted: number): Buffer {
    const left = bytes.length - vetted;
    if (left > UNVETTED_BYTES_MAX) throw new PassThroughRefused('a row is longer than 1 MiB or not readable');
    this.#kept = left === 0 ? [] : [bytes.subarray(vetted)];
    return bytes.subarray(0, vetted);
  }

  #check(bytes: Buffer): void {
    if (isAscii(bytes)) return;
    if (this.#plan.asciiOnly) throw new PassThroughRefused('non-ASCII text where a length counts bytes');
    if (!isUtf8(bytes)) throw new PassThroughRefused('invalid UTF-8');
  }

  /** A whole line that the pattern did not take is a row that differs, unless a quote may continue it. */
  #refuseBadLine(bytes: Buffer, from: number): void {
    const lineEnd = bytes.indexOf(LF, from);
    if (lineEnd < 0 || bytes.subarray(from, lineEnd).includes(this.#plan.quote)) return;
    throw new PassThroughRefused('a row is not in a form that both read alike');
  }
}

function matched(rows: RegExp, text: string): number {
  rows.lastIndex = 0;
  rows.test(text);
  return rows.lastIndex;
}
