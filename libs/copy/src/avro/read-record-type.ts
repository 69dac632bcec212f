import avro from 'avsc';
import type { Type } from 'avsc';
import { Failure } from '#contracts';
import { dateText, decimalText, signedNumber, timestampText, timeText } from '../binary/instant-text.ts';
import type { TimeUnit } from '../binary/instant-text.ts';

/** A value whose schema says more than its type: both what it means and what stands in the file. */
export class LogicalValue {
  /** `decimal`: a number; the others are instants */
  readonly kind: 'date' | 'timestamp' | 'time' | 'decimal';
  readonly text: string;
  /** as in a schema without logical types */
  readonly raw: string;

  constructor(kind: LogicalValue['kind'], text: string | undefined, raw: string) {
    this.kind = kind;
    this.text = text ?? raw;
    this.raw = raw;
  }
}

type Schema = ConstructorParameters<typeof avro.types.LogicalType>[0];

/** Avro's long has 64 bits, a double 53: avsc refuses what is larger unless it is told how to read it. */
const longType = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: unwritten,
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (one: bigint, other: bigint) => (one === other ? 0 : one < other ? -1 : 1),
});

/**
 * Strings are bytes of the same shape; decoding them would hide invalid UTF-8, which the converters refuse.
 */
class TextType extends avro.types.BytesType {}
Object.defineProperty(TextType.prototype, 'typeName', { value: 'string' });
const textType = new TextType();

export type RecordType = InstanceType<typeof avro.types.RecordType>;

function unwritten(): never {
  throw new TypeError('only read');
}

class ReadOnlyType extends avro.types.LogicalType {
  protected override _toValue(): undefined {
    return undefined;
  }
}

class DecimalType extends ReadOnlyType {
  readonly #scale: number;

  constructor(schema: Schema, options?: unknown) {
    super(schema, options);
    const scale = typeof schema === 'object' && 'scale' in schema ? schema.scale : 0;
    this.#scale = typeof scale === 'number' ? scale : 0;
  }

  protected override _fromValue(value: Uint8Array): LogicalValue {
    const text = decimalText(signedNumber(value), this.#scale);
    return new LogicalValue('decimal', text, text);
  }
}

class DateType extends ReadOnlyType {
  protected override _fromValue(days: number): LogicalValue {
    return new LogicalValue('date', dateText(days), String(days));
  }
}

function momentType(kind: 'timestamp' | 'time', unit: TimeUnit): typeof ReadOnlyType {
  const textOf = kind === 'time' ? timeText : timestampText;
  return class extends ReadOnlyType {
    protected override _fromValue(since: number | bigint): LogicalValue {
      return new LogicalValue(kind, textOf(since, unit), String(since));
    }
  };
}

const LOGICAL_TYPES = {
  decimal: DecimalType,
  date: DateType,
  'timestamp-millis': momentType('timestamp', 'millis'),
  'timestamp-micros': momentType('timestamp', 'micros'),
  'timestamp-nanos': momentType('timestamp', 'nanos'),
  'local-timestamp-millis': momentType('timestamp', 'millis'),
  'local-timestamp-micros': momentType('timestamp', 'micros'),
  'local-timestamp-nanos': momentType('timestamp', 'nanos'),
  'time-millis': momentType('time', 'millis'),
  'time-micros': momentType('time', 'micros'),
};

/**
 * The record that a file holds, so that its decoder gives: numbers, bigints for long, bytes for strings too,
 * LogicalValue where the schema has a logical type, and every union wrapped.
 * @throws Failure `file-unreadable` when the schema is none, or none of a record
 */
export function readRecordType(schema: string, url: string): RecordType {
  let type: Type;
  try {
    type = avro.Type.forSchema(JSON.parse(schema), {
      wrapUnions: true,
      logicalTypes: LOGICAL_TYPES,
      typeHook: exactTypes(),
    });
  } catch (cause) {
    throw new Failure('file-unreadable', `${url}: the Avro schema of the file cannot be read`, { cause });
  }
  if (type instanceof avro.types.RecordType) return type;
  throw new Failure('file-unreadable', `${url}: the Avro schema must be a record, not ${type.typeName}`, {
    remedy: 'Write the file with a record at the top of its schema.',
  });
}

/** avsc asks twice for a logical type: for itself, then for what is under it. */
function exactTypes(): (schema: unknown) => Type | undefined {
  const seen = new WeakSet();
  return (schema) => {
    const isObject = typeof schema === 'object' && schema !== null;
    const name = isObject && 'type' in schema ? schema.type : schema;
    if (isObject && 'logicalType' in schema && !seen.has(schema)) {
      seen.add(schema);
      if (Object.hasOwn(LOGICAL_TYPES, String(schema.logicalType))) return undefined;
    }
    if (name === 'long') return longType;
    return name === 'string' ? textType : undefined;
  };
}
