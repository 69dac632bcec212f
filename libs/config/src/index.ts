export type { Config } from './config.ts';
export { httpPortOf } from './config.ts';
export { EXIT_CONFIG, loadConfig } from './load-config.ts';
export type { LoadedConfig } from './load-config.ts';
export { passwordsOf, secretsOf } from './resolve-config.ts';
export { kafkaOptionsOf } from './kafka-options-of.ts';
export { s3OptionsOf } from './s3-options-of.ts';
