import { Failure, unreachable } from '#contracts';
import type { ByteSink } from '../byte-sink.ts';
import type { CopyOptions } from '../copy-options.ts';
import type { LossCounter } from '../loss-counter.ts';
import { AutoReader } from './auto-reader.ts';
import { dropBlanks, PLUS, skipBlanks, ZERO } from './bytes.ts';
import { EpochReader } from './epoch-reader.ts';
import type { FieldConverter } from './field-converter.ts';
import { endsDate, isIsoDate, IsoText } from './iso-text.ts';
import { Moment } from './moment.ts';
import type { MomentReader } from './moment.ts';
import type { NullRule } from './null-rule.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternReader } from './pattern-reader.ts';

const INVALID_DATE = 1205;
const INVALID_TIMESTAMP = 1206;
const ISO_DATE_LENGTH = 10;

/** Copies a field that PostgreSQL reads as it stands; false when it is none. */
type IsoCopier = (bytes: Buffer, start: number, end: number, out: ByteSink) => boolean;

type MomentRules = {
  readonly what: 'date' | 'timestamp' | 'timestamptz';
  readonly copyIso: IsoCopier | undefined;
  readonly reader: MomentReader | undefined;
  /** ACCEPTANYDATE: what cannot be read is NULL, and counted */
  readonly acceptsAny: boolean;
};

export function makeDateConverter(
  options: CopyOptions,
  nulls: NullRule,
  losses: LossCounter,
): FieldConverter {
  const { dateFormat, acceptAnyDate } = options;
  const reader = readerOf(dateFormat, 'DATEFORMAT');
  const copyIso = dateFormat.kind === 'Pattern' ? undefined : copyIsoDate;
  return new MomentConverter({ what: 'date', copyIso, reader, acceptsAny: acceptAnyDate }, nulls, losses);
}

export function makeTimestampConverter(
  withZone: boolean,
  options: CopyOptions,
  nulls: NullRule,
  losses: LossCounter,
): FieldConverter {
  const { timeFormat, acceptAnyDate } = options;
  const rules: MomentRules = {
    what: withZone ? 'timestamptz' : 'timestamp',
    copyIso: isoCopierOf(timeFormat, withZone),
    reader: readerOf(timeFormat, 'TIMEFORMAT'),
    acceptsAny: acceptAnyDate,
  };
  return new MomentConverter(rules, nulls, losses);
}

function isoCopierOf(format: CopyOptions['timeFormat'], withZone: boolean): IsoCopier | undefined {
  if (format.kind !== 'Default' && format.kind !== 'Auto') return undefined;
  return isoTimestampCopier(withZone, new IsoText({ lenient: format.kind === 'Auto' }));
}

function readerOf(format: CopyOptions['timeFormat'], option: string): MomentReader | undefined {
  switch (format.kind) {
    case 'Default':
      return undefined;
    case 'Auto':
      return new AutoReader();
    case 'EpochSecs':
      return new EpochReader(1);
    case 'EpochMillisecs':
      return new EpochReader(1000);
    case 'Pattern': {
      const parsed = parsePattern(format.pattern);
      if ('problem' in parsed) throw new Failure('options-invalid', `${option}: ${parsed.problem}`);
      return new PatternReader(parsed.parts, option === 'DATEFORMAT');
    }
    default:
      return unreachable(format);
  }
}

/** DATE, TIMESTAMP, TIMESTAMPTZ. ISO bytes are checked and copied; other formats go through a Moment. */
class MomentConverter implements FieldConverter {
  readonly #rules: MomentRules;
  readonly #nulls: NullRule;
  readonly #losses: LossCounter;
  readonly #moment = new Moment();

  constructor(rules: MomentRules, nulls: NullRule, losses: LossCounter) {
    this.#rules = rules;
    this.#nulls = nulls;
    this.#losses = losses;
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    const from = skipBlanks(bytes, start, end);
    const to = dropBlanks(bytes, from, end);
    if (isNull === true || from === to || this.#nulls.matches(bytes, start, end)) {
      out.appendNull();
      return 0;
    }
    const { copyIso, reader, what } = this.#rules;
    if (copyIso?.(bytes, from, to, out) === true) return 0;
    this.#moment.reset();
    if (reader?.read(bytes, from, to, this.#moment) === true) this.#moment.write(out, what);
    else if (!this.#rules.acceptsAny) return what === 'date' ? INVALID_DATE : INVALID_TIMESTAMP;
    else {
      this.#losses.nulledDates++;
      out.appendNull();
    }
    return 0;
  }
}

function copyIsoDate(bytes: Buffer, start: number, end: number, out: ByteSink): boolean {
  const dateEnd = start + ISO_DATE_LENGTH;
  if (!isIsoDate(bytes, start, end) || !endsDate(bytes, dateEnd, end)) return false;
  out.appendRaw(bytes, start, dateEnd);
  return true;
}

/** A TIMESTAMPTZ without an offset is UTC, whatever the session's time zone; a TIMESTAMP drops its offset. */
function isoTimestampCopier(withZone: boolean, text: IsoText): IsoCopier {
  return (bytes, start, end, out) => {
    if (!text.read(bytes, start, end, withZone)) return false;
    out.appendRaw(bytes, start, text.clockEnd);
    if (!withZone) return true;
    if (text.zoneEnd > 0 && text.clockEnd > text.clockStart) {
      out.appendRaw(bytes, text.zoneStart, text.zoneEnd);
      return true;
    }
    out.ensure(3);
    for (const byte of [PLUS, ZERO, ZERO]) out.appendByte(byte);
    return true;
  };
}
