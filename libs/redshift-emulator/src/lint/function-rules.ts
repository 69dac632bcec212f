import type { LintRule } from './lint-rule.ts';

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
    pattern:
      /(?<!\. )\b(string_agg|array_agg|unnest|xmlagg|every|jsonb_\w+|to_jsonb?|row_to_json|json_agg|json_object_agg|json_build_\w+|json_each(?:_text)?|json_array_elements(?:_text)?|json_populate_\w+|json_to_record(?:set)?|json_extract_path|gen_random_uuid|uuid_generate_v4|regexp_matches|regexp_split_to_array|regexp_split_to_table|string_to_array|to_tsvector|to_tsquery|pg_notify|make_date|make_timestamp|make_interval) \(/,
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
