import { avroValues } from './avro-values.ts';
import type { AvroValues } from './avro-values.ts';
import type { Event, EventType } from './events.ts';
import type { AvroSchema } from './event-schemas.ts';
import { EVENT_SCHEMAS } from './event-schemas.ts';
import type { SchemaBook, Writer } from './schema-book.ts';
import { registryName } from './schema-book.ts';

/**
 * - `unknown-schema`: framed as one of ours, by a schema that is in no book or too new to read. The
 *   message is
 * - `undecodable`: not a message of ours, or broken.
 */
export type Decoded =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'unknown-schema'; readonly fingerprint: string; readonly because: string }
  | { readonly kind: 'undecodable'; readonly because: string };

/** Avro specification, "Single-object encoding": C3 01, the fingerprint little-endian, the body. */
const SINGLE_OBJECT = Buffer.from([0xc3, 0x01]);
const SINGLE_OBJECT_BYTES = 10;
/** Confluent wire format: 0, the registry's id big-endian, the body. */
const CONFLUENT_BYTES = 5;

type Encoder = { readonly own: AvroSchema; readonly values: AvroValues; readonly head: Buffer };

const ENCODERS: ReadonlyMap<EventType, Encoder> = new Map(
  EVENT_SCHEMAS.map((own) => [own.type, { own, values: avroValues(own.avro), head: headOf(own) }]),
);

function headOf(schema: AvroSchema): Buffer {
  return Buffer.concat([SINGLE_OBJECT, Buffer.from(schema.fingerprint, 'hex').reverse()]);
}

/**
 * @param framing the registry's id of the event's schema, for Confluent framing; without it single-object
 * @throws RangeError that names the field which cannot be written, e.g. a number past 2^53
 */
export function encodeEvent(event: Event, framing?: { readonly registryId: number }): Buffer {
  const encoder = ENCODERS.get(event.type);
  if (!encoder) throw new RangeError(`no schema for events of type ${event.type}`);
  const body = encoder.own.avro.toBuffer(encoder.values.toAvro(event, event.type));
  if (!framing) return Buffer.concat([encoder.head, body]);
  const head = Buffer.alloc(CONFLUENT_BYTES);
  head.writeUInt32BE(framing.registryId, 1);
  return Buffer.concat([head, body]);
}

/** What the head of a message says about its writer, without reading the body. */
export type Framing =
  | { readonly kind: 'single-object'; readonly name: string; readonly body: Buffer }
  | { readonly kind: 'confluent'; readonly name: string; readonly id: number; readonly body: Buffer }
  | { readonly kind: 'none' };

export function readFraming(bytes: Buffer): Framing {
  if (bytes.length >= SINGLE_OBJECT_BYTES && bytes.subarray(0, 2).equals(SINGLE_OBJECT)) {
    const name = Buffer.from(bytes.subarray(2, SINGLE_OBJECT_BYTES)).reverse().toString('hex');
    return { kind: 'single-object', name, body: bytes.subarray(SINGLE_OBJECT_BYTES) };
  }
  if (bytes.length >= CONFLUENT_BYTES && bytes[0] === 0) {
    const id = bytes.readUInt32BE(1);
    return { kind: 'confluent', name: registryName(id), id, body: bytes.subarray(CONFLUENT_BYTES) };
  }
  return { kind: 'none' };
}

/** Reads both framings, of any release whose schema is in the book. Never throws. */
export function decodeEvent(bytes: Buffer, schemas: SchemaBook): Decoded {
  const framing = readFraming(bytes);
  if (framing.kind === 'none')
    return { kind: 'undecodable', because: 'neither single-object nor Confluent framing' };
  const writer = schemas.find(framing.name);
  if (!writer)
    return { kind: 'unknown-schema', fingerprint: framing.name, because: 'the schema is in no book' };
  if (writer.kind === 'unreadable')
    return { kind: 'unknown-schema', fingerprint: framing.name, because: writer.because };
  return decodeBody(framing.body, writer);
}

function decodeBody(body: Buffer, writer: Extract<Writer, { kind: 'readable' }>): Decoded {
  try {
    const fields = writer.read(body) as Omit<Event, 'type'>;
    return { kind: 'event', event: { type: writer.type, ...fields } as Event };
  } catch (thrown) {
    const because = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: 'undecodable', because: `does not follow its schema ${writer.type}: ${because}` };
  }
}
