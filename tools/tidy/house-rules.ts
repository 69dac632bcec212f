/** The house as data: which room stands on which floor, who owns which package, and the limits of style. */

/** Arrows point down only: a room may import rooms of a lower floor, or of its own where `beside` says so. */
export const FLOORS: Readonly<Record<string, number>> = {
  contracts: 0,
  'copy-vectors': 0,
  sources: 1,
  'object-store': 1,
  kafka: 1,
  copy: 1,
  history: 1,
  warehouse: 2,
  config: 2,
  rio: 2,
  'redshift-emulator': 3,
  service: 3,
  testing: 3,
};

/** Each third-party package has one owner; `apps/*` may be one too. Packages not listed here are refused. */
export const OWNERS: Readonly<Record<string, readonly string[]>> = {
  'p-limit': ['libs/object-store', 'libs/warehouse', 'apps/cli'],
  // events there; data files in Avro, which COPY reads, here
  avsc: ['libs/contracts', 'libs/copy'],
  kafkajs: ['libs/kafka'],
  '@aws-sdk/client-s3': ['libs/object-store'],
  pg: ['libs/warehouse', 'libs/testing'],
  'pg-copy-streams': ['libs/warehouse', 'libs/testing'],
  re2js: ['libs/sources', 'apps/watcher'],
  zod: ['libs/config'],
  yaml: ['libs/config', 'libs/sources'],
  pino: ['libs/service'],
  'prom-client': ['libs/service'],
  '@nestjs/common': ['libs/service', 'apps'],
  '@nestjs/core': ['libs/service'],
  '@nestjs/microservices': ['libs/service', 'apps'],
  '@nestjs/platform-fastify': ['libs/service'],
  '@nestjs/terminus': ['libs/service'],
  'reflect-metadata': ['libs/service'],
  rxjs: ['libs/service'],
  commander: ['apps/cli'],
  'cli-table3': ['apps/cli'],
  fzstd: ['libs/copy'],
  hyparquet: ['libs/copy'],
  'hyparquet-compressors': ['libs/copy'],
  'unbzip2-stream': ['libs/copy'],
};

export const LIMITS = {
  fileLinesMax: 250,
  specLinesMax: 600,
  functionLinesMax: 50,
  lineColumnsMax: 110,
  constructorParametersMax: 4,
  folderDepthMax: 3,
} as const;

/** Files that may break one limit, each with its reason. */
export const EXCEPTIONS: Readonly<Record<string, { readonly rule: string; readonly because: string }>> = {
  'libs/kafka/src/lane-core.spec.ts': {
    rule: 'file length',
    because: 'the simulated group and the stories told with it belong together',
  },
};

/** Names that say what role a file plays instead of what it does (style.md, habit 1). */
export const ROLE_NAMES =
  /(^|[-.])(utils?|helpers?|common|misc|types|constants)\.ts$|\.(service|dto|interface)\.ts$/;

/** The only product file that reads process.env; tools set up processes and may read it too. */
export const ENVIRONMENT_READERS = ['libs/config/src/environment.ts'];
