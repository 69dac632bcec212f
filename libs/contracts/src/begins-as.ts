import avro from 'avsc';
import type { EventType } from './events.ts';
import type { AvroSchema } from './event-schemas.ts';
import { EVENT_SCHEMAS } from './event-schemas.ts';

/** What a text at the beginning looks like where it has a shape of its own. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  loadId: /^[0-9a-f]{32}$/,
  bucket: /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/,
};

const BEGINNINGS: ReadonlyMap<EventType, avro.Type> = new Map(
  EVENT_SCHEMAS.map((own) => [own.type, beginningOf(own)]),
);

/**
 * Whether the body begins as events of this type do in every release: new fields are added behind the
 * first plain ones, which `released.spec.ts` holds. So bytes that say no were never written by any of us,
 * of whatever schema; that is known without knowing the schema. Never throws.
 */
export function beginsAs(type: EventType, body: Buffer): boolean {
  try {
    const decoded = BEGINNINGS.get(type)?.decode(body);
    // avsc says -1 when the bytes end before the value does.
    if (!decoded || decoded.offset < 0) return false;
    const fields: Readonly<Record<string, unknown>> = decoded.value;
    return Object.entries(fields).every(([name, value]) => SHAPES[name]?.test(String(value)) ?? true);
  } catch {
    return false;
  }
}

/** The fields of a schema before the first one that is neither text nor number, in their order. */
export function firstFieldsOf(fields: readonly avro.types.Field[]): readonly avro.types.Field[] {
  const first = fields.findIndex(({ type }) => !isPlain(type));
  return first < 0 ? fields : fields.slice(0, first);
}

function isPlain(type: avro.Type): boolean {
  return type instanceof avro.types.StringType || type instanceof avro.types.LongType;
}

function beginningOf({ avro: own, type }: AvroSchema): avro.Type {
  const fields = own instanceof avro.types.RecordType ? firstFieldsOf(own.fields) : [];
  if (!fields.some(({ name }) => name in SHAPES))
    throw new Error(`events of type ${type} must begin with a load id or a bucket`);
  const head = fields.map((field) => ({ name: field.name, type: field.type.schema() }));
  return avro.Type.forSchema({ type: 'record', name: 'Beginning', fields: head });
}
