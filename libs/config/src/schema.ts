import { z } from 'zod';
import { toSchema } from './option.ts';
import type { Options } from './option.ts';
import { CHAOS_OPTIONS } from './sections/chaos.ts';
import { CLEANER_OPTIONS } from './sections/cleaner.ts';
import { SERVICE_OPTIONS } from './sections/http-and-log.ts';
import { KAFKA_OPTIONS } from './sections/kafka.ts';
import { LOADER_OPTIONS } from './sections/loader.ts';
import { MANIFESTS_OPTIONS } from './sections/manifests.ts';
import { S3_OPTIONS } from './sections/s3.ts';
import { WAREHOUSE_OPTIONS } from './sections/warehouses.ts';
import { WATCHER_OPTIONS } from './sections/watcher.ts';

/** `named`: the section is a map from a name of the user's to these options. */
export type Section = {
  readonly description: string;
  readonly options: Options;
  readonly named?: true;
  readonly hidden?: true;
};

export const SECTIONS = {
  s3: { description: 'The bucket.', options: S3_OPTIONS },
  kafka: { description: 'The brokers and topics.', options: KAFKA_OPTIONS },
  warehouses: {
    description: 'The warehouses by the name that manifests call them (`:database :main`).',
    options: WAREHOUSE_OPTIONS,
    named: true,
  },
  manifests: { description: 'What manifests may do.', options: MANIFESTS_OPTIONS },
  watcher: { description: 'Notices files and announces loads.', options: WATCHER_OPTIONS },
  loader: { description: 'Runs loads.', options: LOADER_OPTIONS },
  cleaner: { description: 'Removes what was loaded.', options: CLEANER_OPTIONS },
  service: { description: 'What every service has.', options: SERVICE_OPTIONS },
  chaos: { description: 'For chaos runs.', options: CHAOS_OPTIONS, hidden: true },
} as const satisfies Readonly<Record<string, Section>>;

/** The same table, for those who walk it. */
export const SECTION_LIST: readonly (readonly [string, Section])[] = Object.entries(SECTIONS);

const WAREHOUSE_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/;

export const RAW_SCHEMA = z.strictObject({
  s3: toSchema(S3_OPTIONS),
  kafka: toSchema(KAFKA_OPTIONS),
  warehouses: z.record(z.string().regex(WAREHOUSE_NAME), toSchema(WAREHOUSE_OPTIONS)),
  manifests: toSchema(MANIFESTS_OPTIONS),
  watcher: toSchema(WATCHER_OPTIONS),
  loader: toSchema(LOADER_OPTIONS),
  cleaner: toSchema(CLEANER_OPTIONS),
  service: toSchema(SERVICE_OPTIONS),
  chaos: toSchema(CHAOS_OPTIONS),
});

/** As the schemas leave it, before what is derived from several options. */
export type RawConfig = z.output<typeof RAW_SCHEMA>;
