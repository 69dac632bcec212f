import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '#config';
import { TARGETS } from './bootstrap.mjs';

/** What of the compose file these specs look at; docs.docker.com/reference/compose-file. */
type Service = {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { services, volumes } = readCompose();
const all = Object.entries(services);
const ours = all.filter(([, service]) => service.build !== undefined);
const APPS = ['watcher', 'loader', 'cleaner'];

/** As compose reads it in a shell that sets nothing: `${NAME:-default}` is its default. */
function readCompose(): Compose {
  const text = readFileSync(at('docker-compose.yml'), 'utf8').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  return parse(text, { merge: true }) as Compose;
}

function ofName(name: string): Service {
  const service = services[name];
  if (!service) throw new Error(`no service ${name} in docker-compose.yml`);
  return service;
}

function configOf(env: Readonly<Record<string, string>>) {
  const loaded = loadConfig({ env });
  if (loaded.kind === 'problems') throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** The source of a compiled file: dist/apps/x/src/main.js comes from apps/x/src/main.ts. */
const sourceOf = (path: string): string => path.replace(/^dist\//, '').replace(/\.js$/, '.ts');

describe('docker-compose.yml', () => {
  it('runs the three services and two one-shots before them, all of ours from one image', () => {
    expect(ours.map(([name]) => name).toSorted()).toEqual([...APPS, 'topics'].toSorted());
    expect(new Set(ours.map(([, { image, build }]) => `${image} ${build}`)).size).toBe(1);
  });

  it.each(ours)('%s gets an environment that the configuration accepts', (_name, { environment = {} }) => {
    expect(Object.keys(environment).filter((name) => !name.startsWith('DOPPLERSHIFT_'))).toEqual([]);
    expect(loadConfig({ env: environment })).toMatchObject({ kind: 'config', warnings: [] });
  });

  it.each(ours)('%s is run by a program that the build makes', (_name, { command = [] }) => {
    const [program, file = ''] = command;
    expect(program).toBe('node');
    expect(file).toMatch(/^dist\/apps\/\w+\/src\/main\.js$/);
    expect(existsSync(at(sourceOf(file)))).toBe(true);
  });

  it('creates topics with a command of the CLI', () => {
    const [, , subcommand = '', option = ''] = ofName('topics').command ?? [];
    const source = readFileSync(at(`apps/cli/src/commands/${subcommand}.ts`), 'utf8');
    expect(source).toContain(option);
  });

  it('waits only for what says that it is well, or for one-shots that end', () => {
    const waits = all.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([on, { condition }]) => ({ name, on, condition })),
    );
    expect(waits.length).toBeGreaterThan(8);
    const known = ['service_healthy', 'service_completed_successfully'];
    expect(waits.filter(({ condition }) => !known.includes(condition))).toEqual([]);
    const unwell = waits.filter(({ on, condition }) =>
      condition === 'service_healthy'
        ? (ofName(on).healthcheck?.test.length ?? 0) < 2
        : ofName(on).restart !== 'no',
    );
    expect(unwell).toEqual([]);
  });

  it.each(APPS)('%s starts when topics, bucket and warehouse are there', (name) => {
    expect(ofName(name).depends_on).toEqual({
      topics: { condition: 'service_completed_successfully' },
      s3: { condition: 'service_healthy' },
      postgres: { condition: 'service_healthy' },
    });
    expect(ofName('topics').depends_on).toEqual({ kafka: { condition: 'service_healthy' } });
    expect(ofName('s3').depends_on).toEqual({ bucket: { condition: 'service_completed_successfully' } });
  });

  it.each(APPS)('%s can be scaled, is looked after, and may finish its work', (name) => {
    const service = ofName(name);
    const config = configOf(service.environment ?? {});
    expect(service.ports).toBeUndefined();
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck?.test.join(' ')).toContain(
      `http://127.0.0.1:${config.service.httpPort}/health/ready`,
    );
    const graceMs = Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1]) * 1000;
    expect(graceMs).toBeGreaterThan(Math.max(config.loader.graceMs, config.cleaner.graceMs));
  });

  it('gives the services the addresses and logins that the servers have', () => {
    const { kafka, s3, warehouses } = configOf(ofName('loader').environment ?? {});
    const broker = ofName('kafka').environment ?? {};
    expect(broker['KAFKA_ADVERTISED_LISTENERS']?.split(',')).toContain(`INTERNAL://${kafka.brokers[0]}`);
    const gateway = ofName('s3').environment ?? {};
    expect(s3.endpoint).toBe(`http://s3${gateway['VGW_PORT']}`);
    expect(gateway['ROOT_ACCESS_KEY']).toBe(s3.accessKeyId);
    expect(gateway['ROOT_SECRET_KEY']).toBe(s3.secretAccessKey?.reveal());
    const url = new URL(warehouses['main']?.url.reveal() ?? '');
    const postgres = ofName('postgres').environment ?? {};
    expect([url.hostname, url.pathname, url.password]).toEqual([
      'postgres',
      `/${postgres['POSTGRES_DB']}`,
      postgres['POSTGRES_PASSWORD'],
    ]);
  });

  it('makes the bucket where the gateway looks for it', () => {
    const { entrypoint = [], volumes: mounts = [] } = ofName('bucket');
    const root = ofName('s3').environment?.['VGW_BACKEND_ARG'] ?? '';
    const { s3 } = configOf(ofName('loader').environment ?? {});
    expect(entrypoint).toEqual(['mkdir', '-p', `${root}/${s3.bucket}`]);
    expect(ofName('s3').volumes).toEqual(mounts);
    expect(mounts[0]?.split(':')[1]).toBe(root);
  });

  it('is reached from this machine with the defaults of the configuration', () => {
    const { kafka, s3, warehouses } = configOf({});
    const [broker = ''] = kafka.brokers;
    expect(ofName('kafka').environment?.['KAFKA_ADVERTISED_LISTENERS']).toContain(`HOST://${broker}`);
    const url = new URL(warehouses['main']?.url.reveal() ?? '');
    const wanted = [broker.split(':')[1], new URL(s3.endpoint ?? '').port, url.port].map(Number);
    const published = ['kafka', 's3', 'postgres'].flatMap((name) => ofName(name).ports ?? []);
    expect(published).toEqual(wanted.map((port) => `127.0.0.1:${port}:${port}`));
    expect(ofName('s3').environment?.['ROOT_SECRET_KEY']).toBe(s3.secretAccessKey?.reveal());
    expect(ofName('postgres').environment?.['POSTGRES_PASSWORD']).toBe(url.password);
  });

  it('opens its default logins to this machine only', () => {
    const published = all.flatMap(([, { ports = [] }]) => ports);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('names every listener of the broker in the map of protocols', () => {
    const { environment = {} } = ofName('kafka');
    const names = (list = ''): string[] => list.split(',').map((one) => one.slice(0, one.indexOf(':')));
    const known = names(environment['KAFKA_LISTENER_SECURITY_PROTOCOL_MAP']).toSorted();
    expect(names(environment['KAFKA_LISTENERS']).toSorted()).toEqual(known);
    expect(known).toContain(environment['KAFKA_INTER_BROKER_LISTENER_NAME']);
  });

  it('starts registry and Kafka UI only on request', () => {
    const optional = all.filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['registry', ['tools']],
      ['kafka-ui', ['tools']],
    ]);
  });

  it('declares the volumes it mounts, and mounts those it declares', () => {
    const mounted = all.flatMap(([, service]) =>
      (service.volumes ?? []).map((one) => one.replace(/:.*/, '')),
    );
    expect([...new Set(mounted)].toSorted()).toEqual(Object.keys(volumes).toSorted());
  });
});

describe('the Dockerfile', () => {
  const text = readFileSync(at('Dockerfile'), 'utf8');
  const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const called = [...text.matchAll(/npm run (?:--\S+ )*([\w:-]+)/g)].map(([, name]) => name);
    expect(called).toEqual(['build']);
    expect(scripts['build']).toBe('exec node tools/bootstrap.mjs build');
    expect(TARGETS['build']?.steps).toEqual([]);
  });

  it('copies what is there, and everything that the compiler is told to read', () => {
    expect(copied.filter((path) => !existsSync(at(path)))).toEqual([]);
    expect(copied).toEqual(expect.arrayContaining(['apps', 'libs', 'tools', 'tsconfig.json']));
  });

  it('runs a program that the build makes, as nobody in particular, and passes signals on', () => {
    const [, program = ''] = JSON.parse(/^CMD (.+)$/m.exec(text)?.[1] ?? '[]') as string[];
    expect(existsSync(at(sourceOf(program)))).toBe(true);
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^ENTRYPOINT .*tini/m);
  });
});
