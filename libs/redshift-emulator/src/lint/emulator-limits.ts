import type { LintRule } from './lint-rule.ts';

const SEE = 'It is one of the limits in docs/redshift-emulator.md.';

const NOT_HERE = ['datashares?', 'external', 'identity provider', 'masking policy', 'model', 'rls policy'];

const WORDS = [
  'approximate (?=count|percentile)',
  'connect by',
  String.raw`pivot (?=\()`,
  'qualify',
  'start with',
  String.raw`(?<=\bselect )top (?=0)`,
  'unpivot',
];

/** What Redshift has and the emulator does not: better said than guessed. */
export const EMULATOR_LIMITS: readonly LintRule[] = [
  {
    name: 'functions and procedures',
    pattern: /^(?:create (?:or replace )?(?:external )?|drop |alter )?(function|procedure|library|call)\b/,
    sqlState: '0A000',
    message: 'the emulator does not run $1s of users',
    hint: SEE,
    refused: ['create function f() returns int as $$ select 1 $$ language sql', 'call p()'],
  },
  {
    name: 'external tables, machine learning and sharing of data',
    pattern: new RegExp(`^(?:create|alter|drop|show|desc) (?:or replace )?(${NOT_HERE.join('|')})\\b`),
    sqlState: '0A000',
    message: 'the emulator does not have: $1',
    hint: SEE,
    refused: ["create external schema s from data catalog database 'd'", 'create datashare d'],
  },
  {
    name: 'ANALYZE COMPRESSION',
    pattern: /^(analyze|analyse) compression\b/,
    sqlState: '0A000',
    message: 'the emulator does not compress: ANALYZE COMPRESSION has nothing to say',
    hint: SEE,
    refused: ['analyze compression t'],
    allowed: ['analyze t'],
  },
  {
    name: 'queries in words of Redshift alone',
    pattern: new RegExp(`\\b(${WORDS.join('|')})`),
    sqlState: '0A000',
    message: 'the emulator does not translate $1',
    hint: SEE,
    refused: ['select a from t qualify row_number() over (order by a) = 1', 'select top 10 a from t'],
    allowed: ["select 'top 10'"],
  },
  {
    name: 'aggregates of Redshift alone',
    pattern: /\b(listagg|median|ratio_to_report|hll\w*|object_transform|get_array_length) \(/,
    sqlState: '0A000',
    message: 'the emulator does not have the function $1',
    hint: SEE,
    refused: ["select listagg(a, ',') within group (order by a) from t"],
  },
  {
    name: 'SHOW of objects',
    pattern: /^show (tables?|schemas|databases|columns|grants|view|procedure|model)\b/,
    sqlState: '0A000',
    message: 'the emulator does not run SHOW $1',
    hint: 'Ask svv_tables or svv_columns.',
    refused: ['show tables from schema d.s', 'show table t'],
    allowed: ['show search_path'],
  },
];
