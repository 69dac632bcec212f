import type { Secret } from '#contracts';
import type { RawConfig } from './schema.ts';

type RawWarehouse = RawConfig['warehouses'][string];

export type WarehouseConfig = Readonly<Omit<RawWarehouse, 'url' | 'dialect'>> & {
  /** `postgres://…`, also when a jdbc-url was given */
  readonly url: Secret;
  readonly dialect: 'postgres' | 'redshift';
};

type S3Config = Readonly<Omit<RawConfig['s3'], 'region' | 'forcePathStyle'>> & {
  readonly region: string;
  readonly forcePathStyle: boolean;
};

/** The whole configuration, checked; docs/configuration.md says what each option means. */
export type Config = {
  readonly [S in Exclude<keyof RawConfig, 's3' | 'warehouses'>]: Readonly<RawConfig[S]>;
} & {
  readonly s3: S3Config;
  readonly warehouses: Readonly<Record<string, WarehouseConfig>>;
};

const HTTP_PORTS = { watcher: 7071, loader: 7072, cleaner: 7073 } as const;

/** Services on one machine need ports of their own; in containers `service.httpPort` is the same for all. */
export function httpPortOf(config: Config, service: keyof typeof HTTP_PORTS): number {
  return config.service.httpPort ?? HTTP_PORTS[service];
}
