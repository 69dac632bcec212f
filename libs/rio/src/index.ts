export { COLUMN_TYPES, validate } from './destination-config.ts';
export type { ColumnType, DestinationColumn, DestinationConfig } from './destination-config.ts';
export type { JsonRow } from './json-row.ts';
export { RedshiftIO } from './redshift-io.ts';
export * from './rio-error.ts';
export type { RedshiftIOOptions, RioRim } from './rio-options.ts';
