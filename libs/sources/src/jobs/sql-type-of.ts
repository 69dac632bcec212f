/** The types of a config, and what they are in SQL (reference/s3-to-redshift.md, Config YAML). */
export const COLUMN_TYPES: ReadonlyMap<string, string> = new Map([
  ['boolean', 'boolean'],
  ['float', 'double precision'],
  ['int', 'integer'],
  ['bigint', 'bigint'],
  ['date', 'date'],
  ['timestamp', 'timestamp without time zone'],
  ['text', 'character varying(256)'],
  ['longtext', 'character varying(65535)'],
]);
