import type avro from 'avsc';
import type { AvroValues } from './avro-values.ts';
import { avroValues } from './avro-values.ts';
import type { EventType } from './events.ts';
import type { AvroSchema, EventSchema } from './event-schemas.ts';
import { EVENT_SCHEMAS, fingerprintOf, parseWriterSchema } from './event-schemas.ts';

/** A schema somebody wrote with: one this build can read, or one that is too new for it. */
export type Writer =
  | {
      readonly kind: 'readable';
      readonly type: EventType;
      /** @throws Error when the bytes do not follow the schema */
      readonly read: (body: Buffer) => unknown;
    }
  | { readonly kind: 'unreadable'; readonly because: string };

/** More writer schemas than all releases together can have: beyond it somebody fills the topic. */
const SCHEMAS_MAX = 1_000;

const READERS: ReadonlyMap<string, { readonly own: AvroSchema; readonly values: AvroValues }> = new Map(
  EVENT_SCHEMAS.map((own) => [own.avro.name ?? '', { own, values: avroValues(own.avro) }]),
);

/** The schemas of this build, to be announced before the first event is published. */
export function ownSchemas(): readonly EventSchema[] {
  return EVENT_SCHEMAS;
}

/**
 * Which bytes were written with which schema. It starts with the schemas of this build and learns those of
 * others from the `schemas` topic (by fingerprint) or from a registry (by id).
 */
export class SchemaBook {
  readonly #writers = new Map<string, Writer>();

  constructor() {
    for (const own of EVENT_SCHEMAS) this.#writers.set(own.fingerprint, writerOf(own.avro));
  }

  /**
   * @param json the writer's schema
   * @param id its number in the registry, when it comes from one
   * @returns its fingerprint
   * @throws Error when it is not a schema; RangeError when the book is full
   */
  add(json: string, id?: number): string {
    const schema = parseWriterSchema(json);
    const fingerprint = fingerprintOf(schema);
    if (this.#writers.size >= SCHEMAS_MAX)
      throw new RangeError(`more than ${SCHEMAS_MAX} writer schemas; clean the schemas topic`);
    const writer = this.#writers.get(fingerprint) ?? writerOf(schema);
    this.#writers.set(fingerprint, writer);
    if (id !== undefined) this.#writers.set(registryName(id), writer);
    return fingerprint;
  }

  /** @param name a fingerprint, or `registryName(id)` */
  find(name: string): Writer | undefined {
    return this.#writers.get(name);
  }
}

/** How the book calls a schema that is known by its number in a registry. */
export function registryName(id: number): string {
  return `id:${id}`;
}

function writerOf(schema: avro.Type): Writer {
  const reader = READERS.get(schema.name ?? '');
  if (!reader) return { kind: 'unreadable', because: `${schema.name ?? 'a nameless schema'} is no event` };
  const { own, values } = reader;
  if (own.avro.equals(schema))
    return { kind: 'readable', type: own.type, read: (body) => values.fromAvro(own.avro.fromBuffer(body)) };
  try {
    const resolver = own.avro.createResolver(schema);
    return {
      kind: 'readable',
      type: own.type,
      read: (body) => values.fromAvro(own.avro.fromBuffer(body, resolver)),
    };
  } catch (thrown) {
    const because = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: 'unreadable', because: `its ${own.type} is newer than this build: ${because}` };
  }
}
