import { ByteSink } from '../byte-sink.ts';
import type { CopySemantics } from '../copy-feed.ts';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import type { CopyOptions } from '../copy-options.ts';
import { LossCounter } from '../loss-counter.ts';
import { makeConverter } from './make-converter.ts';

const BEFORE = 'before\t';
const AROUND = '12|9.9-';

export type Tried = {
  /** COPY text format, or the COPY error code */
  readonly result: string | number;
  readonly losses: LossCounter;
};

/**
 * For specs: converts one field that stands between other bytes, into a sink that holds others already.
 * @throws Error when a converter touches what is not its own
 */
export function tryConverter(
  type: string,
  field: string | Buffer,
  options: Partial<CopyOptions> = {},
  semantics: CopySemantics = 'redshift',
): Tried {
  const losses = new LossCounter();
  const column = { name: 'c', type, notNull: false };
  const converter = makeConverter(column, { ...DEFAULT_COPY_OPTIONS, ...options }, semantics, losses);
  const sink = new ByteSink(1);
  sink.appendRaw(Buffer.from(BEFORE), 0, BEFORE.length);
  const bytes = Buffer.concat([Buffer.from(AROUND), Buffer.from(field), Buffer.from(AROUND)]);
  const code = converter.convert(bytes, AROUND.length, bytes.length - AROUND.length, sink);
  const written = sink.buffer.toString('utf8', 0, sink.length);
  if (!written.startsWith(BEFORE)) throw new Error('the converter wrote over earlier bytes');
  if (code !== 0 && written !== BEFORE) throw new Error('a refused field left bytes behind');
  return { result: code === 0 ? written.slice(BEFORE.length) : code, losses };
}

/** For specs: the COPY text of one field, or its COPY error code. */
export function converted(
  type: string,
  field: string | Buffer,
  options: Partial<CopyOptions> = {},
  semantics: CopySemantics = 'redshift',
): string | number {
  return tryConverter(type, field, options, semantics).result;
}
