import type { LintRule } from './lint-rule.ts';

/** Patterns of names. */
const NO_FUNCTIONS = [
  'array_agg',
  'every',
  'gen_random_uuid',
  'json_agg',
  'json_array_elements(?:_text)?',
  String.raw`json_build_\w+`,
  'json_each(?:_text)?',
  'json_extract_path',
  'json_object_agg',
  String.raw`json_populate_\w+`,
  'json_to_record(?:set)?',
  String.raw`jsonb_\w+`,
  'make_date',
  'make_interval',
  'make_timestamp',
  'pg_notify',
  'regexp_matches',
  'regexp_split_to_array',
  'regexp_split_to_table',
  'row_to_json',
  'string_agg',
  'string_to_array',
  'to_jsonb?',
  'to_tsquery',
  'to_tsvector',
  'unnest',
  'uuid_generate_v4',
  'xmlagg',
];

/** Calls of functions. */
export const FUNCTION_RULES: readonly LintRule[] = [
  {
    name: 'advisory locks',
    pattern: /\b(pg_(?:try_)?advisory_\w+) \(/,
    sqlState: '0A000',
    message: 'Function "$1" not supported.',
    hint: 'LOCK a table of your own.',
    refused: ['select pg_advisory_lock(1)', 'select pg_try_advisory_xact_lock(1, 2)'],
  },
  {
    name: 'functions of sequences',
    pattern: /\b(nextval|currval|setval|lastval) \(/,
    sqlState: '0A000',
    message: 'Function "$1" not supported.',
    hint: 'IDENTITY columns count by themselves.',
    refused: ["select nextval('s')", "insert into t values (nextval('s'))"],
  },
  {
    name: 'functions that Redshift does not have',
    pattern: new RegExp(String.raw`(?<!\. )\b(${NO_FUNCTIONS.join('|')}) \(`),
    sqlState: '42883',
    message: 'function $1(…) does not exist',
    notOnCatalog: true,
    refused: [
      "select string_agg(a, ',') from t",
      'select unnest(a) from t',
      'select gen_random_uuid()',
      'select jsonb_build_object($1, $2)',
    ],
    allowed: ["select json_extract_path_text(a, 'b') from t", "select json_parse('{}')"],
  },
  {
    name: 'generate_series together with tables',
    pattern: /(?<=^(?:insert|create table|create temp table|create temporary table)\b.*)generate_series \(/,
    sqlState: '0A000',
    message: 'Specified types or functions (one per INFO message) not supported on Redshift tables.',
    hint: 'generate_series runs on the leader node only, and no row of it reaches a table.',
    refused: [
      'insert into t select generate_series(1, 10)',
      'create table u as select generate_series(1, 3) as a',
    ],
    allowed: ['select generate_series(1, 3)'],
  },
];
