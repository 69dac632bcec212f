import { readFileSync, readdirSync } from 'node:fs';
import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../released/samples.ts';
import { firstFieldsOf } from './begins-as.ts';
import { decodeEvent, encodeEvent } from './codec.ts';
import type { Event, EventType } from './events.ts';
import { EVENT_SCHEMAS } from './event-schemas.ts';
import { SchemaBook, ownSchemas } from './schema-book.ts';
import { EVENT_TYPES } from './topics.ts';

type Kept = {
  readonly fingerprint: string;
  readonly schema: object;
  readonly samples: readonly { readonly event: Event; readonly hex: string }[];
};

const folder = new URL('../released/', import.meta.url);
const releases = readdirSync(folder).filter((name) => /^\d+\.\d+$/.test(name));
const kept = (release: string, type: EventType): Kept =>
  JSON.parse(readFileSync(new URL(`${release}/${type}.json`, folder), 'utf8'));
const typeOf = (schema: object) =>
  avro.Type.forSchema(JSON.parse(JSON.stringify(schema)), { wrapUnions: 'always' });
const beginningOf = (type: avro.Type) =>
  type instanceof avro.types.RecordType
    ? firstFieldsOf(type.fields).map((field) => [field.name, field.type.schema()])
    : [];
const every = releases.flatMap((release) => EVENT_TYPES.map((type) => [release, type] as const));

describe('releases', () => {
  it('the first one is kept', () => {
    expect(releases).toContain('0.1');
  });

  it.each(every)('bytes that %s wrote as %s are read', (release, type) => {
    const { fingerprint, schema, samples } = kept(release, type);
    const book = new SchemaBook();
    expect(book.add(JSON.stringify(schema))).toBe(fingerprint);
    expect(samples.length).toBeGreaterThan(0);
    for (const { event, hex } of samples)
      expect(decodeEvent(Buffer.from(hex, 'hex'), book)).toStrictEqual({ kind: 'event', event });
  });

  it.each(every)('this build reads the schema of %s %s (BACKWARD_TRANSITIVE)', (release, type) => {
    const own = EVENT_SCHEMAS.find((schema) => schema.type === type)?.avro;
    expect(() => own?.createResolver(typeOf(kept(release, type).schema))).not.toThrow();
  });

  it.each(every)(
    '%s and this build begin a %s with the same fields, whatever comes behind',
    (release, type) => {
      const own = EVENT_SCHEMAS.find((schema) => schema.type === type)?.avro;
      const beginning = beginningOf(typeOf(kept(release, type).schema));
      expect(beginning.length).toBeGreaterThan(0);
      expect(own && beginningOf(own)).toEqual(beginning);
    },
  );

  const full = every.filter(([, type]) => type !== 'load-requested');
  it.each(full)('release %s reads the %s of this build (FULL)', (release, type) => {
    const own = ownSchemas().find((schema) => schema.type === type)?.json ?? '';
    expect(() => typeOf(kept(release, type).schema).createResolver(typeOf(JSON.parse(own)))).not.toThrow();
  });

  it('the rules can fail: a field without default breaks both directions', () => {
    const own = ownSchemas().find((schema) => schema.type === 'sweep-requested')?.json ?? '';
    const schema: { fields: object[] } = JSON.parse(own);
    const wider = typeOf({ ...schema, fields: [...schema.fields, { name: 'more', type: 'string' }] });
    expect(() => wider.createResolver(typeOf(schema))).toThrow(/no matching field/);
    const narrower = typeOf({ ...schema, fields: schema.fields.slice(1) });
    expect(() => typeOf(schema).createResolver(narrower)).toThrow(/no matching field/);
  });

  it('the samples of a release cover every event type and come back from the wire', () => {
    expect(new Set(SAMPLES.map((event) => event.type))).toEqual(new Set(EVENT_TYPES));
    for (const event of SAMPLES)
      expect(decodeEvent(encodeEvent(event), new SchemaBook())).toStrictEqual({ kind: 'event', event });
  });
});
