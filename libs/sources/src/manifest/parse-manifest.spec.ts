import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printProblem } from '../document/read-document.ts';
import type { Manifest } from './manifest.ts';
import { isManifestKey } from './manifest.ts';
import { manifestFailure, parseManifest } from './parse-manifest.ts';
import type { ManifestContext } from './manifest-rules.ts';

const warehouses = { dw1: { schema: 'public' }, dw2: { schema: 'marts' } };

type Changes = Omit<Partial<ManifestContext>, 'warehouses'> & { readonly warehouses?: 'any' };

const NORMAL = String.raw`{:table "mydata_fact"
 :pk-columns ["id" "blah"]
 :columns ["id" "blah" "timestamp" ]
 :database :dw1    ;; must match the config to resolve the jdbc-url
 :options      ["DELIMITER '\\t'" "IGNOREHEADER 1" "GZIP" "TRIMBLANKS" "TRUNCATECOLUMNS"]
 :data-pattern ".*blah.*.gz$"
 :keep-data-pattern-files-on-import false
 :keep-manifest-upon-import true
 }`;

function parse(text: string, context: Changes = {}) {
  const { warehouses: known = warehouses, ...rest } = context;
  return parseManifest(Buffer.from(text), {
    key: 'in/manifest.edn',
    ...(known !== 'any' && { warehouses: known }),
    ...rest,
  });
}

function manifestOf(text: string, context: Changes = {}): Manifest {
  const parsed = parse(text, context);
  if (parsed.kind === 'manifest') return parsed.manifest;
  throw new Error(parsed.problems.map(printProblem).join('\n'));
}

function problemsOf(text: string, context: Changes = {}): string[] {
  const parsed = parse(text, context);
  return parsed.kind === 'problems' ? parsed.problems.map(printProblem) : [];
}

/** A valid manifest with some keys replaced, or left out where the value is ''. */
function edn(changes: Readonly<Record<string, string>> = {}): string {
  const keys = {
    ':table': '"t"',
    ':columns': '["id" "name"]',
    ':pk-columns': '["id"]',
    ':database': ':dw1',
    ':data-pattern': '".*csv$"',
    ...changes,
  };
  const entries = Object.entries(keys).filter(([, value]) => value !== '');
  return `{${entries.map(([key, value]) => `${key} ${value}`).join('\n')}}`;
}

describe('a manifest', () => {
  it('of the normal mode is read as Blueshift reads it', () => {
    const { dataPattern, ...rest } = manifestOf(NORMAL);
    expect(rest).toEqual({
      target: { schema: 'public', table: 'mydata_fact' },
      warehouse: { kind: 'Named', name: 'dw1' },
      columns: ['id', 'blah', 'timestamp'],
      keys: ['id', 'blah'],
      options: "DELIMITER '\\t' IGNOREHEADER 1 GZIP TRIMBLANKS TRUNCATECOLUMNS",
      strategy: 'merge',
      statementTimeoutMs: 300_000,
      keepData: false,
      keepManifest: true,
    });
    expect(dataPattern.matches('in/2026/blah-1.gz')).toBe(true);
    expect(dataPattern.matches('in/2026/blah-1.gz.tmp')).toBe(false);
  });

  it('says the same in JSON and in YAML', () => {
    const json = JSON.stringify({
      table: 'mydata_fact',
      'pk-columns': ['id', 'blah'],
      columns: ['id', 'blah', 'timestamp'],
      database: 'dw1',
      options: ["DELIMITER '\\t'", 'IGNOREHEADER 1', 'GZIP', 'TRIMBLANKS', 'TRUNCATECOLUMNS'],
      'data-pattern': '.*blah.*.gz$',
      'keep-data-pattern-files-on-import': false,
      'keep-manifest-upon-import': true,
    });
    const yaml = String.raw`
table: mydata_fact
pk-columns: [id, blah]
columns: [id, blah, timestamp]
database: dw1
options: DELIMITER '\t' IGNOREHEADER 1 GZIP TRIMBLANKS TRUNCATECOLUMNS
data-pattern: .*blah.*.gz$
keep-data-pattern-files-on-import: false
keep-manifest-upon-import: true
`;
    const expected = JSON.stringify(manifestOf(NORMAL));
    expect(JSON.stringify(manifestOf(json, { key: 'in/manifest.json' }))).toBe(expected);
    expect(JSON.stringify(manifestOf(yaml, { key: 'in/manifest.yaml' }))).toBe(expected);
    expect(JSON.stringify(manifestOf(yaml, { key: 'in/manifest.yml' }))).toBe(expected);
  });

  it.each<[Record<string, string>, Partial<Manifest>]>([
    [{ ':table': '"Sales.Orders"' }, { target: { schema: 'sales', table: 'orders' } }],
    [{ ':table': String.raw`"\"Sales\".orders"` }, { target: { schema: 'Sales', table: 'orders' } }],
    [{ ':database': ':dw2' }, { target: { schema: 'marts', table: 't' } }],
    [{ ':columns': String.raw`["ID" "\"Name\""]` }, { columns: ['id', 'Name'] }],
    [{ ':options': '"CSV GZIP"' }, { options: 'CSV GZIP' }],
    [{ ':options': '[]' }, { options: '' }],
    [
      { ':strategy': '"append"', ':pk-columns': '' },
      { strategy: 'append', keys: [] },
    ],
    [
      { ':strategy': '"replace"', ':pk-columns': '[]' },
      { strategy: 'replace', keys: [] },
    ],
    [{ ':staging-select': ':distinct' }, { stagingSelect: 'distinct' }],
    [{ ':execute-opts': '{:timeout-millis 5000}' }, { statementTimeoutMs: 5_000 }],
    [{ ':execute-opts': '{}' }, { statementTimeoutMs: 300_000 }],
    [
      { ':keep-data-pattern-files-on-import': 'true', ':keep-manifest-upon-import': 'false' },
      { keepData: true, keepManifest: false },
    ],
  ])('with %j means %j', (changes, meaning) => {
    expect(manifestOf(edn(changes))).toMatchObject(meaning);
  });

  it.each<[string, Record<string, string>, string]>([
    ['an unknown key', { ':pk-colums': '["id"]' }, 'unknown key :pk-colums; did you mean pk-columns?'],
    ['a camel-case key', { ':dataPattern': '"x"' }, 'unknown key :dataPattern; did you mean data-pattern?'],
    ['a key like no other', { ':zzzzzz': '1' }, 'unknown key :zzzzzz'],
    ['a key that is a string', { '"table"': '"t"' }, 'expected a keyword as key'],
    ['no table', { ':table': '' }, ':table is missing'],
    ['no columns', { ':columns': '' }, ':columns is missing'],
    ['no pattern', { ':data-pattern': '' }, ':data-pattern is missing'],
    ['no warehouse', { ':database': '' }, ':database is missing'],
    ['a table of three parts', { ':table': '"a.b.c"' }, 'more than schema.table'],
    ['a table that is no text', { ':table': ':t' }, ':table: expected a string, found a keyword'],
    ['an empty table', { ':table': '" "' }, ':table: must not be empty'],
    ['no column at all', { ':columns': '[]' }, ':columns: name all columns of the file'],
    ['columns that are no list', { ':columns': '"id"' }, ':columns: expected a list of strings'],
    [
      'a column that is no text',
      { ':columns': '["id" 7]' },
      ':columns: expected a string, found a whole number',
    ],
    ['a column twice', { ':columns': '["id" "ID"]' }, ':columns: column "id" appears twice'],
    [
      'a column too long',
      { ':columns': `["id" "${'é'.repeat(32)}"]` },
      'a column name of more than 63 bytes',
    ],
    [
      'a key that is no column',
      { ':pk-columns': '["idd"]' },
      '"idd" is not one of :columns; did you mean id?',
    ],
    ['a merge without key', { ':pk-columns': '' }, 'a merge needs :pk-columns'],
    ['a merge with an empty key', { ':pk-columns': '[]' }, 'a merge needs :pk-columns'],
    [
      'an unknown warehouse',
      { ':database': ':dw3' },
      ':database: no warehouse of this name is configured; known are dw1, dw2; did you mean dw1?',
    ],
    [
      'a warehouse as string',
      { ':database': '"dw1"' },
      ':database: expected a keyword, e.g. :dw1, found a string',
    ],
    ['two warehouses', { ':jdbc-url': '"x"' }, ':database and :jdbc-url exclude each other'],
    [
      'an unknown strategy',
      { ':strategy': '"upsert"' },
      ':strategy: expected "merge", "replace" or "append"',
    ],
    [
      'SQL of its own',
      { ':staging-select': '"select 1 from {{table}}"' },
      'refused unless manifests.allowCustomStagingSelect is true',
    ],
    [
      'a staging-select of a wrong type',
      { ':staging-select': '7' },
      ':staging-select: expected :distinct or a string',
    ],
    [
      'options that are too long for an event',
      { ':options': `["CSV" "NULL '${'ü'.repeat(32_768)}'"]` },
      ':options: 65547 bytes; at most 65536',
    ],
    ['options of a wrong type', { ':options': '{}' }, ':options: expected a list of strings, found a map'],
    [
      'a timeout of zero',
      { ':execute-opts': '{:timeout-millis 0}' },
      ':execute-opts timeout-millis: expected a whole number',
    ],
    [
      'a timeout that is no number',
      { ':execute-opts': '{:timeout-millis "5"}' },
      'expected a whole number of milliseconds',
    ],
    [
      'an unknown execute option',
      { ':execute-opts': '{:timeout 5}' },
      ':execute-opts: unknown key; only timeout-millis',
    ],
    ['execute options of a wrong type', { ':execute-opts': '[]' }, ':execute-opts: expected a map'],
    [
      'a flag that is no flag',
      { ':keep-manifest-upon-import': '"no"' },
      ':keep-manifest-upon-import: expected true or false, found a string',
    ],
    [
      'a pattern that matches the manifest',
      { ':data-pattern': '".*"' },
      ':data-pattern: matches the manifest itself (in/manifest.edn)',
    ],
    ['a pattern that is none', { ':data-pattern': '"(csv"' }, ':data-pattern: missing closing )'],
    [
      'a pattern with lookahead',
      { ':data-pattern': '"(?!x).*csv"' },
      'lookahead and lookbehind are not supported',
    ],
  ])('with %s is refused', (_what, changes, problem) => {
    expect(problemsOf(edn(changes)).join('\n')).toContain(problem);
  });

  it('shows all its problems at once, each with line and column, in the order of the text', () => {
    const text = '{:table 7\n :columns ["a" "a"]\n :nonsense 1\n :data-pattern "["\n :strategy "x"}';
    expect(problemsOf(text).map((problem) => problem.split(':')[0])).toEqual([
      'line 1, column 1',
      'line 1, column 9',
      'line 2, column 16',
      'line 3, column 2',
      'line 4, column 16',
      'line 5, column 12',
    ]);
  });

  it.each([
    ['in/manifest.edn', '[1]', 'expected a map of manifest keys'],
    ['in/manifest.json', '{"table": 1', 'line 1, column 12: expected `,` or `}`, found the end of the text'],
    ['in/manifest.yaml', '- a', 'expected a map of manifest keys'],
    ['in/manifest.yaml', '1: a', 'expected a string as key'],
    ['in/manifest.toml', 'a = 1', 'a manifest ends in .edn, .json, .yaml or .yml'],
  ])('%s with %j is refused', (key, text, problem) => {
    expect(problemsOf(text, { key }).join('\n')).toContain(problem);
  });

  it('does not repeat what is no name of a warehouse', () => {
    const json = JSON.stringify({ database: 'jdbc:postgresql://h/db?password=hunter2' });
    const [problem] = problemsOf(json, { key: 'manifest.json', warehouses: 'any' }).slice(-1);
    expect(problem).toContain('database: not the name of a warehouse');
    expect(problem).not.toContain('hunter2');
  });

  it('takes a warehouse of any name where none are known', () => {
    const parsed = parseManifest(Buffer.from(edn({ ':database': ':other' })), { key: 'manifest.edn' });
    expect(parsed).toMatchObject({ manifest: { warehouse: { kind: 'Named', name: 'other' } } });
  });

  it('may have SQL of its own where that is allowed, over {{table}}', () => {
    const context = { allowCustomStagingSelect: true };
    const select = 'select id, max(name) from {{table}} group by id';
    const changes = { ':staging-select': `"${select}"` };
    expect(manifestOf(edn(changes), context).stagingSelect).toBe(select);
    const long = `"select '${'x'.repeat(65_536)}' from {{table}}"`;
    expect(problemsOf(edn({ ':staging-select': long }), context)).toEqual([
      expect.stringContaining(':staging-select: 65560 bytes; at most 65536'),
    ]);
    const problems = problemsOf(edn({ ':staging-select': '"select 1"' }), context);
    expect(problems).toEqual([expect.stringContaining('has to select from {{table}}')]);
  });

  it('has its options checked, and freed of credentials, by the grammar that is handed in', () => {
    const copyOptions = {
      check: (text: string) => (text.includes('BOGUS') ? ['unknown option BOGUS'] : []),
      stripCredentials: (text: string) => text.replace(/ CREDENTIALS '[^']*'/, ''),
    };
    const good = edn({ ':options': `["CSV" "CREDENTIALS 'aws_access_key_id=AKIA;x'" "GZIP"]` });
    expect(manifestOf(good, { copyOptions }).options).toBe('CSV GZIP');
    const parsed = parse(edn({ ':options': '["BOGUS"]' }), { copyOptions });
    expect(parsed).toMatchObject({
      problems: [{ code: 'options-invalid', message: ':options: unknown option BOGUS' }],
    });
  });

  it('never crashes, whatever its bytes', () => {
    const words = fc.constantFrom(
      ':table',
      ':columns',
      ':strategy',
      '"x"',
      '[',
      ']',
      '{',
      '}',
      ':dw1',
      '1',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
        expect(problemsOf(parts.join(' ')).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an inline jdbc-url', () => {
  const url = 'jdbc:postgresql://h.example:5439/db?user=u&password=hunter2&ssl=true';
  const text = edn({ ':database': '', ':jdbc-url': `"${url}"` });

  it('is refused by default, with the setting that allows it', () => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ kind: 'problems', problems: [{ code: 'inline-url-refused' }] });
    expect(problemsOf(text)[0]).toContain('refused unless manifests.allowInlineUrls is true');
  });

  it('is taken where configuration allows it, and stays a secret', () => {
    const manifest = manifestOf(text, { allowInlineUrls: true });
    if (manifest.warehouse.kind !== 'Inline') throw new Error('expected an inline warehouse');
    expect(manifest.warehouse.connection.url.reveal()).toBe(
      'postgres://u:hunter2@h.example:5439/db?sslmode=verify-full',
    );
    expect(JSON.stringify(manifest)).not.toContain('hunter2');
  });

  it('never shows in a problem, wherever it stands and whatever else is wrong', () => {
    const places = [
      { ':jdbc-url': `"${url}"` },
      { ':jdbc-url': `"x${url}"` },
      { ':jdbc-url': `"${url}"`, ':database': '' },
      { ':database': `"${url}"` },
      { ':table': `"${url}"` },
      { ':strategy': `"${url}"` },
      { ':staging-select': `"${url}"` },
      { ':execute-opts': `{:timeout-millis "${url}"}` },
      { ':execute-opts': `{:hunter2 "${url}"}` },
      { ':options': `{"${url}" 1}` },
      { [`"${url}"`]: '1' },
      { ':jdbc-url': url },
      { ':jdbc-url': `"${url}` },
    ];
    for (const place of places)
      for (const allowInlineUrls of [true, false]) {
        const parsed = parse(edn(place), { allowInlineUrls });
        expect(JSON.stringify(parsed)).not.toContain('hunter2');
      }
  });
});

describe('the failure of a manifest', () => {
  it('lists every problem under the code they share', () => {
    const parsed = parse(edn({ ':database': ':dw3' }));
    const failure = manifestFailure(
      's3://b/in/manifest.edn',
      parsed.kind === 'problems' ? parsed.problems : [],
    );
    expect(failure.code).toBe('warehouse-unknown');
    expect(failure.message).toMatch(
      /^s3:\/\/b\/in\/manifest\.edn: line 4, column 11: :database: no warehouse/,
    );
  });

  it('is manifest-invalid when the problems differ in kind', () => {
    const parsed = parse(edn({ ':database': ':dw3', ':strategy': '1' }));
    const failure = manifestFailure('s3://b/k', parsed.kind === 'problems' ? parsed.problems : []);
    expect(failure.code).toBe('manifest-invalid');
    expect(failure.message.split('\n')).toHaveLength(2);
  });
});

describe('the key of a manifest', () => {
  it.each([
    ['a/manifest.edn', true],
    ['a/orders-manifest.yaml', true],
    ['manifest.yml', true],
    ['manifest.json', true],
    ['a/manifest.edn.bak', false],
    ['a/manifest', false],
    ['manifest.edn/x', false],
  ])('%s: %s', (key, isOne) => {
    expect(isManifestKey(key)).toBe(isOne);
  });
});
