import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';
import type { EventType } from './events.ts';
import { printFingerprint, rabinFingerprint } from './rabin-fingerprint.ts';
import { EVENT_TYPES } from './topics.ts';

/** Named types that several events use; each file may use those of the files before it. */
const SHARED = ['shared-files', 'shared-rows'] as const;

/** The schema of one event as this build writes it. */
export type EventSchema = {
  readonly type: EventType;
  /** 16 hex digits */
  readonly fingerprint: string;
  /** self-contained, with defaults: what goes to the `schemas` topic or the registry */
  readonly json: string;
};

export type AvroSchema = EventSchema & { readonly avro: avro.Type };

export const EVENT_SCHEMAS: readonly AvroSchema[] = readEventSchemas();

function readEventSchemas(): AvroSchema[] {
  const folder = schemaFolder();
  const registry: Record<string, avro.Type> = {};
  for (const name of SHARED) readType(`${folder}${name}.avsc`, registry);
  return EVENT_TYPES.map((type) => {
    const read = readType(`${folder}${type}.avsc`, { ...registry });
    const json = JSON.stringify(read.schema({ exportAttrs: true }));
    return { type, avro: read, json, fingerprint: fingerprintOf(read) };
  });
}

function readType(path: string, registry: Record<string, avro.Type>): avro.Type {
  const schema = JSON.parse(readFileSync(path, 'utf8')) as avro.Schema;
  return avro.Type.forSchema(schema, { registry, wrapUnions: 'always' });
}

/**
 * The compiler does not copy `.avsc` files: from `dist` the schemas are read where the sources keep them.
 */
function schemaFolder(): string {
  const folders = ['../avro/', '../../../../libs/contracts/avro/'];
  const paths = folders.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  const path = paths.find((folder) => existsSync(folder));
  if (!path) throw new Error(`the Avro schemas are missing; looked in ${paths.join(' and ')}`);
  return path;
}

/** @throws Error when the text is not an Avro schema */
export function parseWriterSchema(json: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(json) as avro.Schema, { wrapUnions: 'always' });
}

/** avsc prints the Parsing Canonical Form when no attributes are asked for. */
export function fingerprintOf(type: avro.Type): string {
  return printFingerprint(rabinFingerprint(JSON.stringify(type.schema())));
}
