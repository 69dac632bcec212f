import type { LogicalType, SchemaElement } from 'hyparquet';
import { dateText, decimalText, signedNumber, timestampText, timeText } from '../binary/instant-text.ts';
import type { TimeUnit } from '../binary/instant-text.ts';
import { floatText, jsonBytes, jsonFloat, jsonString } from '../binary/json-text.ts';
import type { BinaryValue } from '../binary/value-writer.ts';

/** A value as the file stores it: hyparquet gives these when it is told nothing of logical types. */
export type StoredValue = boolean | number | bigint | Uint8Array | null | undefined;

/** What values of one leaf mean (Parquet specification, LogicalTypes.md), exact to the last digit. */
type Meaning = {
  readonly ofNumber: (stored: number | bigint) => string;
  readonly ofBytes: (stored: Uint8Array) => BinaryValue;
  /** in JSON text: as a number, as a string, or as the JSON that it is */
  readonly inJson: 'number' | 'string' | 'json';
};

const PLAIN: Meaning = {
  ofNumber: (stored) => (typeof stored === 'number' ? floatText(stored) : String(stored)),
  ofBytes: (stored) => stored,
  inJson: 'number',
};
const TEXT: Meaning = { ...PLAIN, inJson: 'string' };
const JSON_TEXT: Meaning = { ...PLAIN, inJson: 'json' };
const DATE: Meaning = { ...TEXT, ofNumber: (days) => dateText(Number(days)) ?? String(days) };
const UNSIGNED_32: Meaning = { ...PLAIN, ofNumber: (stored) => String(Number(stored) >>> 0) };
const UNSIGNED_64: Meaning = { ...PLAIN, ofNumber: (stored) => String(BigInt.asUintN(64, BigInt(stored))) };
const WKB: Meaning = { ...TEXT, ofBytes: (stored) => hex(stored) };
const FLOAT_16: Meaning = {
  ...PLAIN,
  ofBytes: (stored) => floatText(halfFloat(viewOf(stored).getUint16(0, true))),
};
const UUID: Meaning = {
  ...TEXT,
  ofBytes: (stored) => hex(stored).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};
/** three numbers that do not add up, as PostgreSQL reads them */
const INTERVAL: Meaning = {
  ...TEXT,
  ofBytes: (stored) => {
    const [months, days, millis] = [0, 4, 8].map((at) => viewOf(stored).getUint32(at, true));
    return `${months} months ${days} days ${millis} milliseconds`;
  },
};

function decimal(scale: number): Meaning {
  return {
    ofNumber: (stored) => decimalText(BigInt(stored), scale),
    ofBytes: (stored) => decimalText(signedNumber(stored), scale),
    inJson: 'number',
  };
}

function time(unit: TimeUnit): Meaning {
  return { ...TEXT, ofNumber: (since) => timeText(BigInt(since), unit) };
}

function timestamp(unit: TimeUnit): Meaning {
  return { ...TEXT, ofNumber: (since) => timestampText(since, unit) ?? String(since) };
}

const UNITS = { MILLIS: 'millis', MICROS: 'micros', NANOS: 'nanos' } as const;

type ConvertedType = NonNullable<SchemaElement['converted_type']>;
const CONVERTED: Readonly<Partial<Record<ConvertedType, Meaning>>> = {
  DATE,
  INTERVAL,
  JSON: JSON_TEXT,
  TIME_MILLIS: time('millis'),
  TIME_MICROS: time('micros'),
  TIMESTAMP_MILLIS: timestamp('millis'),
  TIMESTAMP_MICROS: timestamp('micros'),
  UINT_8: UNSIGNED_32,
  UINT_16: UNSIGNED_32,
  UINT_32: UNSIGNED_32,
  UINT_64: UNSIGNED_64,
};
const LOGICAL: Readonly<Partial<Record<LogicalType['type'], Meaning>>> = {
  DATE,
  UUID,
  JSON: JSON_TEXT,
  FLOAT16: FLOAT_16,
  GEOMETRY: WKB,
  GEOGRAPHY: WKB,
};

function meaningOf(element: SchemaElement): Meaning {
  const { converted_type: converted, logical_type: logical, type } = element;
  if (type === 'INT96') return timestamp('nanos');
  if (logical?.type === 'DECIMAL') return decimal(logical.scale);
  if (logical?.type === 'TIME') return time(UNITS[logical.unit]);
  if (logical?.type === 'TIMESTAMP') return timestamp(UNITS[logical.unit]);
  if (logical?.type === 'INTEGER' && !logical.isSigned) return type === 'INT64' ? UNSIGNED_64 : UNSIGNED_32;
  const said = logical === undefined ? undefined : LOGICAL[logical.type];
  if (said !== undefined) return said;
  if (converted === 'DECIMAL') return decimal(element.scale ?? 0);
  return (converted === undefined ? undefined : CONVERTED[converted]) ?? PLAIN;
}

/** Turns stored values of one leaf into fields. */
export function fieldReader(element: SchemaElement): (stored: StoredValue) => BinaryValue {
  const meaning = meaningOf(element);
  return (stored) => (stored === null || stored === undefined ? null : fieldOf(stored, meaning));
}

/** The same values inside of a nested column, as JSON text. */
export function jsonReader(element: SchemaElement): (stored: StoredValue) => string {
  const meaning = meaningOf(element);
  return (stored) => {
    if (stored === null || stored === undefined) return 'null';
    if (typeof stored === 'number' && meaning === PLAIN) return jsonFloat(stored);
    const field = fieldOf(stored, meaning) ?? 'null';
    if (typeof field === 'string')
      return meaning.inJson === 'number' || typeof stored === 'boolean' ? field : jsonString(field);
    return meaning.inJson === 'json' ? Buffer.from(field).toString('utf8') : jsonBytes(field);
  };
}

function fieldOf(stored: NonNullable<StoredValue>, meaning: Meaning): BinaryValue {
  if (typeof stored === 'boolean') return stored ? 'true' : 'false';
  return stored instanceof Uint8Array ? meaning.ofBytes(stored) : meaning.ofNumber(stored);
}

function hex(stored: Uint8Array): string {
  return Buffer.from(stored.buffer, stored.byteOffset, stored.length).toString('hex');
}

function viewOf(stored: Uint8Array): DataView {
  return new DataView(stored.buffer, stored.byteOffset, stored.length);
}

/** IEEE 754 half precision. */
function halfFloat(bits: number): number {
  const sign = bits >>> 15 === 1 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * 2 ** -14 * fraction;
  if (exponent < 0x1f) return sign * 2 ** (exponent - 15) * (1 + fraction);
  return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
}
