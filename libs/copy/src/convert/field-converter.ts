import type { ByteSink } from '../byte-sink.ts';
import type { CopyColumn, CopySemantics } from '../copy-feed.ts';
import type { CopyOptions } from '../copy-options.ts';
import type { LossCounter } from '../loss-counter.ts';

export interface FieldConverter {
  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number;
}

/** Stand-in of the row engine's author until the real converters land. */
export function makeConverter(
  _column: CopyColumn,
  _options: CopyOptions,
  _semantics: CopySemantics,
  _losses: LossCounter,
): FieldConverter {
  return {
    convert(bytes, start, end, out, isNull = false) {
      if (isNull || (end - start === 2 && bytes[start] === 0x5c && bytes[start + 1] === 0x4e))
        out.appendNull();
      else out.appendText(bytes, start, end);
      return 0;
    },
  };
}
