import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from './config.ts';
import { httpPortOf } from './config.ts';
import type { Environment } from './environment.ts';
import { loadConfig } from './load-config.ts';
import { secretsOf } from './resolve-config.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-spec-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function load(text: string, env: Environment = {}, name = 'config.yaml') {
  const path = join(folder, name);
  writeFileSync(path, text);
  return loadConfig({ path, env });
}

function configOf(text: string, env: Environment = {}, name = 'config.yaml'): Config {
  return valid(load(text, env, name));
}

function valid(loaded: ReturnType<typeof loadConfig>): Config {
  if (loaded.kind === 'config') return loaded.config;
  throw new Error(loaded.problems.join('\n'));
}

/** without the folder's name */
function problemsOf(text: string, env: Environment = {}, name = 'config.yaml'): string[] {
  const loaded = load(text, env, name);
  return loaded.kind === 'problems' ? loaded.problems.map((line) => line.replace(`${folder}/`, '')) : [];
}

const MINIMAL = 's3: { bucket: b }\nwarehouses: { main: { url: "postgres://u:hunter2@h/db" } }\n';

describe('the configuration without a file', () => {
  it('is that of the local stack', () => {
    const config = valid(loadConfig({ env: {} }));
    expect(config.s3).toMatchObject({
      bucket: 'dopplershift',
      endpoint: 'http://localhost:7070',
      region: 'us-east-1',
      forcePathStyle: true,
      accessKeyId: 'local-access',
    });
    expect(config.kafka).toMatchObject({ brokers: ['localhost:9092'], partitions: 12 });
    expect(Object.keys(config.warehouses)).toEqual(['main']);
    expect(config.warehouses['main']).toMatchObject({
      dialect: 'postgres',
      schema: 'public',
      ledgerSchema: 'dopplershift',
      loadsAtATime: 4,
      copySemantics: 'redshift',
    });
    expect(config.warehouses['main']?.url.reveal()).toContain('@localhost:5432/warehouse');
    expect(config.cleaner).toMatchObject({ mode: 'archive', archivePrefix: '_dopplershift/archive' });
    expect(config.watcher).toMatchObject({ pollIntervalMs: 30_000, keyPattern: '.*' });
    expect(config.manifests).toEqual({ allowInlineUrls: false, allowCustomStagingSelect: false });
  });

  it('leaves a section alone of which the environment says anything', () => {
    const env = {
      DOPPLERSHIFT_S3_BUCKET: 'real',
      DOPPLERSHIFT_WAREHOUSES_DW_URL: 'postgres://u:p@h/db',
    };
    const config = valid(loadConfig({ env }));
    expect(config.s3.endpoint).toBeUndefined();
    expect(config.s3.forcePathStyle).toBe(false);
    expect(config.s3.accessKeyId).toBeUndefined();
    expect(Object.keys(config.warehouses)).toEqual(['dw']);
  });

  it('gives every service on a machine a port of its own, unless one is set', () => {
    const config = valid(loadConfig({ env: {} }));
    const ports = (['watcher', 'loader', 'cleaner'] as const).map((name) => httpPortOf(config, name));
    expect(new Set(ports).size).toBe(3);
    const set = valid(loadConfig({ env: { DOPPLERSHIFT_SERVICE_HTTP_PORT: '0' } }));
    expect(httpPortOf(set, 'loader')).toBe(0);
  });
});

describe('a configuration file', () => {
  it.each<[string, string]>([
    [
      'config.yaml',
      's3:\n  bucket: b\nwarehouses:\n  dw-1:\n    url: postgres://u@h/db\n    loadsAtATime: 2\n',
    ],
    [
      'config.json',
      '{"s3":{"bucket":"b"},"warehouses":{"dw-1":{"url":"postgres://u@h/db","loadsAtATime":2}}}',
    ],
    ['config.edn', '{:s3 {:bucket "b"} :warehouses {:dw-1 {:url "postgres://u@h/db" :loads-at-a-time 2}}}'],
  ])('%s says the same in its own way', (name, text) => {
    const config = configOf(text, {}, name);
    expect(config.s3.bucket).toBe('b');
    expect(config.warehouses['dw-1']).toMatchObject({ loadsAtATime: 2, dialect: 'postgres' });
  });

  it('is named by DOPPLERSHIFT_CONFIG where no path is given', () => {
    writeFileSync(join(folder, 'named.yaml'), MINIMAL);
    const config = valid(loadConfig({ env: { DOPPLERSHIFT_CONFIG: join(folder, 'named.yaml') } }));
    expect(config.s3.bucket).toBe('b');
  });

  it('takes secrets from the environment by ${NAME}, and $${ for a plain ${', () => {
    const text = 's3: { bucket: "$${x}-${STAGE}" }\nwarehouses: { main: { url: "postgres://u:${PW}@h/db" } }';
    const config = configOf(text, { STAGE: 'test', PW: 'p' });
    expect(config.s3.bucket).toBe('${x}-test');
    expect(config.warehouses['main']?.url.reveal()).toBe('postgres://u:p@h:5432/db');
  });

  it('gives way to the environment', () => {
    const config = configOf(`${MINIMAL}watcher: { pollIntervalMs: 1000 }`, {
      DOPPLERSHIFT_WATCHER_POLL_INTERVAL_MS: '200',
      DOPPLERSHIFT_KAFKA_BROKERS: 'a:1, b:2',
      DOPPLERSHIFT_KAFKA_SSL: 'true',
      DOPPLERSHIFT_CHAOS_TRIP: 'before-commit',
      DOPPLERSHIFT_CHAOS_PROBABILITY: '0.25',
      DOPPLERSHIFT_S3_PREFIX: '',
    });
    expect(config.watcher.pollIntervalMs).toBe(200);
    expect(config.kafka).toMatchObject({ brokers: ['a:1', 'b:2'], ssl: true });
    expect(config.chaos).toMatchObject({ trip: 'before-commit', probability: 0.25 });
  });

  it('gives way to the environment warehouse by warehouse, whatever characters its names have', () => {
    const text = 's3: { bucket: b }\nwarehouses: { dw-1: { url: "postgres://u@h/db" } }';
    const config = configOf(text, {
      DOPPLERSHIFT_WAREHOUSES_DW_1_LEDGER_SCHEMA: 'ledger',
      DOPPLERSHIFT_WAREHOUSES_DW_1_SCHEMA: 'marts',
      DOPPLERSHIFT_WAREHOUSES_OTHER_URL: 'postgres://v@h/db',
    });
    expect(config.warehouses['dw-1']).toMatchObject({ ledgerSchema: 'ledger', schema: 'marts' });
    expect(Object.keys(config.warehouses).toSorted()).toEqual(['dw-1', 'other']);
  });

  it('knows a Redshift warehouse by its url, unless it is told', () => {
    const text = `s3: { bucket: b }
warehouses:
  a: { url: "jdbc:redshift://h/db?user=u" }
  b: { url: "jdbc:postgresql://x.redshift.amazonaws.com/db?user=u" }
  c: { url: "postgres://u@h/db", dialect: redshift }
  d: { url: "postgres://u@h/db" }`;
    const dialects = Object.values(configOf(text).warehouses).map((warehouse) => warehouse.dialect);
    expect(dialects).toEqual(['redshift', 'redshift', 'redshift', 'postgres']);
  });

  it('takes the region of the AWS environment where it names none', () => {
    expect(configOf(MINIMAL, { AWS_REGION: 'eu-west-2' }).s3.region).toBe('eu-west-2');
    expect(configOf(MINIMAL.replace('bucket: b', 'bucket: b, region: x')).s3.region).toBe('x');
  });

  it('may have no warehouse at all where manifests bring their own', () => {
    const config = configOf('s3: { bucket: b }\nmanifests: { allowInlineUrls: true }');
    expect(config.warehouses).toEqual({});
  });
});

describe('a bad configuration', () => {
  it.each<[string, string, string]>([
    ['an unknown section', 's4: {}', 'config.yaml: line 3, column 1: s4: unknown section; did you mean s3?'],
    [
      'an unknown option',
      'kafka: { broker: [x] }',
      'line 3, column 10: kafka: broker: unknown option; did you mean brokers?',
    ],
    ['a section that is no map', 'loader: 7', 'line 3, column 9: loader: expected a map'],
    [
      'a text for a number',
      'kafka: { partitions: many }',
      'line 3, column 22: kafka.partitions: expected whole number, 1 to 1000',
    ],
    [
      'a number out of bounds',
      'kafka: { partitions: 0 }',
      'kafka.partitions: expected whole number, 1 to 1000',
    ],
    ['half a number', 'kafka: { partitions: 1.5 }', 'kafka.partitions: expected whole number, 1 to 1000'],
    ['a text for a flag', 'kafka: { ssl: maybe }', 'kafka.ssl: expected true or false'],
    ['a number for a text', 'service: { httpHost: 1 }', 'service.httpHost: expected text'],
    ['a map for a text', 'service: { httpHost: { a: 1 } }', 'service.httpHost: expected text'],
    [
      'a word that is no choice',
      'cleaner: { mode: burn }',
      'cleaner.mode: expected one of archive, delete, tag, keep',
    ],
    ['an empty list', 'kafka: { brokers: [] }', 'kafka.brokers: expected list of texts'],
    ['a prefix without slash', 'watcher: { keyPattern: "(" }', 'watcher.keyPattern: missing closing )'],
    [
      'a retry that shrinks',
      'loader: { retryDelayMs: 10, retryDelayMaxMs: 5 }',
      'loader.retryDelayMaxMs: less than loader.retryDelayMs',
    ],
    [
      'a heartbeat too slow',
      'kafka: { heartbeatIntervalMs: 20000 }',
      'kafka.heartbeatIntervalMs: more than a third of kafka.sessionTimeoutMs',
    ],
    [
      'SASL without a password',
      'kafka: { saslMechanism: plain, saslUsername: u }',
      'kafka.saslMechanism: needs kafka.saslUsername and kafka.saslPassword',
    ],
    [
      'a registry that is no url',
      'kafka: { registryUrl: "registry:8081" }',
      'kafka.registryUrl: expected a url that starts with http://',
    ],
    [
      'a missing variable',
      'service: { httpHost: "${NOWHERE}" }',
      'service.httpHost: ${NOWHERE} is not set in the environment',
    ],
    ['an odd reference', 'service: { httpHost: "${a b}" }', 'write $${ for a plain ${'],
    ['a key twice', 'loader: {}\nloader: {}', 'line 4, column 1: the key that starts here appears twice'],
  ])('with %s is refused', (_what, line, problem) => {
    expect(problemsOf(MINIMAL + line).join('\n')).toContain(problem);
  });

  it.each<[string, string, string]>([
    [
      'no bucket',
      'warehouses: { main: { url: "postgres://u@h/db" } }',
      's3.bucket: required (DOPPLERSHIFT_S3_BUCKET)',
    ],
    ['no warehouse', 's3: { bucket: b }', 'warehouses: name at least one'],
    [
      'a warehouse without url',
      's3: { bucket: b }\nwarehouses: { main: { schema: x } }',
      'warehouses.main.url: required (DOPPLERSHIFT_WAREHOUSES_MAIN_URL)',
    ],
    [
      'a warehouse of an odd name',
      's3: { bucket: b }\nwarehouses: { "9 x": { url: "postgres://u@h/db" } }',
      'warehouses: a name has letters',
    ],
    [
      'an unknown warehouse option',
      's3: { bucket: b }\nwarehouses: { main: { uri: x } }',
      'warehouses.main: uri: unknown option; did you mean url?',
    ],
    [
      'half a pair of keys',
      's3: { bucket: b, accessKeyId: x }',
      's3.accessKeyId: needs s3.secretAccessKey as well',
    ],
    [
      'the other half',
      's3: { bucket: b, secretAccessKey: x }',
      's3.secretAccessKey: needs s3.accessKeyId as well',
    ],
    [
      'a prefix without slash',
      's3: { bucket: b, prefix: in }',
      's3.prefix: expected empty, or text that ends in `/`',
    ],
    [
      'an endpoint without scheme',
      's3: { bucket: b, endpoint: "localhost:7070" }',
      's3.endpoint: expected a url that starts with',
    ],
    ['a list for a whole', '- s3', 'config.yaml: expected a map of sections'],
  ])('with %s is refused', (_what, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  it.each<[string, string, string]>([
    [
      'DOPPLERSHIFT_S3_BUKET',
      'x',
      'DOPPLERSHIFT_S3_BUKET: no such option; did you mean DOPPLERSHIFT_S3_BUCKET?',
    ],
    ['DOPPLERSHIFT_WAREHOUSES_MAIN_URI', 'x', 'DOPPLERSHIFT_WAREHOUSES_MAIN_URI: no such option'],
    [
      'DOPPLERSHIFT_KAFKA_PARTITIONS',
      'x',
      'DOPPLERSHIFT_KAFKA_PARTITIONS: kafka.partitions: expected whole number',
    ],
    [
      'DOPPLERSHIFT_WAREHOUSES_MAIN_POOL_MAX',
      '0',
      'DOPPLERSHIFT_WAREHOUSES_MAIN_POOL_MAX: warehouses.main.poolMax: expected whole',
    ],
  ])('of the environment: %s=%s is refused', (name, value, problem) => {
    expect(problemsOf(MINIMAL, { [name]: value }).join('\n')).toContain(problem);
  });

  it('does not mind what Kubernetes and the tools set under our prefix', () => {
    const env = {
      DOPPLERSHIFT_LOADER_SERVICE_HOST: '10.0.0.1',
      DOPPLERSHIFT_LOADER_SERVICE_PORT_HTTP: '80',
      DOPPLERSHIFT_LOADER_PORT: 'tcp://10.0.0.1:80',
      DOPPLERSHIFT_LOADER_PORT_80_TCP_ADDR: '10.0.0.1',
      DOPPLERSHIFT_SERVICE_HOST: '10.0.0.2',
      DOPPLERSHIFT_SERVICE_PORT: '80',
      DOPPLERSHIFT_STACK_FILE: 'x',
    };
    expect(problemsOf(MINIMAL, env)).toEqual([]);
  });

  it('shows all its problems at once, one per line, each where it was set', () => {
    const text = 's3: { bukket: b }\nkafka: { partitions: x }\nnowhere: 1\n';
    expect(problemsOf(text, { DOPPLERSHIFT_S3_REGIO: 'x', DOPPLERSHIFT_KAFKA_SSL: 'x' })).toEqual([
      'config.yaml: line 1, column 7: s3: bukket: unknown option; did you mean bucket?',
      'config.yaml: line 3, column 1: nowhere: unknown section',
      'DOPPLERSHIFT_S3_REGIO: no such option; did you mean DOPPLERSHIFT_S3_REGION?',
      'config.yaml: s3.bucket: required (DOPPLERSHIFT_S3_BUCKET)',
      'config.yaml: line 2, column 22: kafka.partitions: expected whole number, 1 to 1000',
      'DOPPLERSHIFT_KAFKA_SSL: kafka.ssl: expected true or false',
      'config.yaml: warehouses: name at least one (DOPPLERSHIFT_WAREHOUSES_MAIN_URL)',
    ]);
  });

  it('hides no problem behind another, and makes none up', () => {
    const text = `s3: { bucket: "", endpoint: ftp, accessKeyId: a }
kafka: { heartbeatIntervalMs: 20000, sessionTimeoutMs: soon }
watcher: { keyPattern: "(", pollIntervalMs: 1 }
warehouses: { main: { url: "mysql://h/d" }, second: { url: 2 }, "4th": { url: "postgres://h/d" } }
`;
    const found = problemsOf(text, {}).map((problem) => problem.replace(/^config.yaml: (line .*?: )?/, ''));
    expect(found.map((problem) => problem.split(':')[0])).toEqual([
      's3.bucket',
      'kafka.sessionTimeoutMs',
      'warehouses.second.url',
      'warehouses',
      'watcher.pollIntervalMs',
      'warehouses.main.url',
      's3.accessKeyId',
      's3.endpoint',
      'watcher.keyPattern',
    ]);
  });

  it('is a pool that is smaller than the loads at a time, whichever of the two was set', () => {
    const main = (rest: string) =>
      `s3: { bucket: b }\nwarehouses:\n  main: { url: "postgres://u@h/db", ${rest} }\n`;
    const says = 'warehouses.main.poolMax: less than warehouses.main.loadsAtATime';
    expect(problemsOf(main('poolMax: 3'))).toEqual([expect.stringContaining(`line 3, column 46: ${says}`)]);
    expect(problemsOf(main('loadsAtATime: 11'))).toEqual([expect.stringContaining(`default: ${says}`)]);
    expect(problemsOf(main('poolMax: 11, loadsAtATime: 11'))).toEqual([]);
    expect(problemsOf(main('poolMax: 1, loadsAtATime: no'))).toHaveLength(1);
  });

  it.each([
    ['config.toml', '', 'a configuration file ends in .yaml, .yml, .json or .edn'],
    ['config.json', '{', 'line 1, column 2: expected a key in double quotes'],
    ['config.edn', '{:s3 {:bucket "b"}', 'line 1, column 1: expected `}` for the map that starts here'],
  ])('%s with %j has one problem: that it cannot be read', (name, text, problem) => {
    expect(problemsOf(text, {}, name)).toEqual([expect.stringContaining(problem)]);
  });

  it('that is not there has one problem', () => {
    const loaded = loadConfig({ path: join(folder, 'nowhere.yaml'), env: {} });
    expect(loaded).toMatchObject({ problems: [expect.stringContaining('cannot be read (ENOENT)')] });
  });
});

describe('a warning', () => {
  it('is given when a zombie is ended before its grace is over, and names both settings', () => {
    const loaded = load(`${MINIMAL}loader: { graceMs: 20000, takeoverGraceMs: 19999 }\n`);
    expect(loaded).toMatchObject({
      kind: 'config',
      warnings: [expect.stringMatching(/line 3, .*: loader\.takeoverGraceMs: less than loader\.graceMs/)],
    });
    expect(load(`${MINIMAL}loader: { graceMs: 20000, takeoverGraceMs: 20000 }\n`)).toMatchObject({
      warnings: [],
    });
    expect(load(MINIMAL)).toMatchObject({ warnings: [] });
  });
});

describe('a warehouse on Redshift', () => {
  it('is told what of its options does not fit', () => {
    const text = `s3: { bucket: b }
warehouses:
  dw:
    url: redshift://u@h/db
    accessKeyId: a
    maintenanceWindows: ['sat 25:00-26:00']
    maintenanceTimeZone: Europe/Atlantis`;
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('warehouses.dw.maintenanceWindows: expected list of times of day'),
      expect.stringContaining('warehouses.dw.accessKeyId: needs warehouses.dw.secretAccessKey as well'),
      expect.stringContaining('warehouses.dw.maintenanceTimeZone: expected the IANA name'),
    ]);
  });
});

describe('a secret of the configuration', () => {
  const planted = 'hunter2-planted';

  it('is in no problem, wherever it was put', () => {
    const url = `jdbc:postgresql://h/db?user=u&password=${planted}`;
    const lines = [
      `s3: { bucket: b, endpoint: "${url}" }`,
      `s3: { bucket: b, prefix: "${url}" }`,
      `s3: { bucket: b, secretAccessKey: [${planted}] }`,
      `s3: { bucket: b, secretAccessKey: ${planted} }`,
      `s3: { bucket: b }\nwarehouses: { main: { url: "x${url}" } }`,
      `s3: { bucket: b }\nwarehouses: { main: { url: "postgres://u:${planted}@/" } }`,
      `s3: { bucket: b }\nwarehouses: { main: "${url}" }`,
      `s3: { bucket: b }\nwarehouses: { main: { "${url}": 1 } }`,
      `s3: { bucket: b }\nwarehouses: { "${url}": { url: 1 } }`,
      `s3: { bucket: b }\n"${url}": 1`,
      `kafka: { saslMechanism: ${planted}, partitions: ${planted}, ssl: ${planted} }`,
      `cleaner: { mode: "\${PW}", archivePrefix: "/\${PW}" }`,
      `watcher: { keyPattern: "(\${PW}" }`,
      `kafka: "${url}`,
    ];
    for (const line of lines) {
      const problems = problemsOf(line, { PW: planted });
      expect([line, problems.length]).not.toEqual([line, 0]);
      expect(problems.join('\n')).not.toContain(planted);
    }
  });

  it('does not show when the configuration is printed', () => {
    const text = `s3: { bucket: b, accessKeyId: a, secretAccessKey: ${planted} }
kafka: { saslMechanism: plain, saslUsername: u, saslPassword: ${planted} }
warehouses: { main: { url: "postgres://u:${planted}@h/db" } }`;
    const config = configOf(text);
    expect(JSON.stringify(config)).not.toContain(planted);
    expect(inspect(config, { depth: 9 })).not.toContain(planted);
    expect(secretsOf(config).map((secret) => secret.reveal())).toContain(planted);
  });

  it('is listed when COPY reads with it', () => {
    const config = configOf(`s3: { bucket: b }
warehouses:
  dw:
    url: redshift://u@h/db
    accessKeyId: a
    secretAccessKey: ${planted}
    sessionToken: token
    masterSymmetricKey: master`);
    expect(secretsOf(config).map((secret) => secret.reveal())).toEqual(
      expect.arrayContaining([planted, 'token', 'master']),
    );
    expect(inspect(config, { depth: 9 })).not.toContain(planted);
  });

  it('is listed in each form that an error text may carry', () => {
    const registry = 'kafka: { registryUrl: "http://r:100%@registry:8081" }';
    const config = configOf(MINIMAL.replace('hunter2', 'p%40ss') + registry);
    expect(secretsOf(config).map((secret) => secret.reveal())).toEqual([
      'postgres://u:p%40ss@h:5432/db',
      'p%40ss',
      'p@ss',
      '100%',
    ]);
  });
});
