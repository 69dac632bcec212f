import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackEndpoints } from '#testing';
import { startService } from '../tools/fleet/service-process.ts';
import type { LogLine, ServiceName, ServiceProcess } from '../tools/fleet/service-process.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

/** What only we have comes from the environment; the file is Blueshift's own, to the letter. */
describe("Blueshift's config.edn and its manifests", () => {
  let stage: Stage;
  let jdbcUrl: string;
  const running: ServiceProcess[] = [];
  const lines: LogLine[] = [];

  beforeAll(async () => {
    stage = await openStage();
    const { host, pathname, username, password } = new URL(stage.databaseUrl);
    jdbcUrl = `jdbc:postgresql://${host}${pathname}?tcpKeepAlive=true&user=${username}&password=${password}`;
    await stage.sql.query(`create schema mart;
      create table users (id integer, name text); create table mart.orders (id integer, amount numeric);
      create table rest (id integer)`);
    const config = join(stage.directory, 'config.edn');
    writeFileSync(config, configOf(stage.bucket, jdbcUrl));
    const { s3, kafkaBrokers } = stackEndpoints();
    const env = {
      DOPPLERSHIFT_S3_ENDPOINT: s3.endpoint,
      DOPPLERSHIFT_KAFKA_BROKERS: kafkaBrokers.join(','),
      DOPPLERSHIFT_KAFKA_TOPIC_PREFIX: stage.topicPrefix,
      DOPPLERSHIFT_KAFKA_PARTITIONS: '6',
      DOPPLERSHIFT_WATCHER_SETTLE_MS: '300',
      DOPPLERSHIFT_MANIFESTS_ALLOW_INLINE_URLS: 'true',
      DOPPLERSHIFT_SERVICE_HTTP_PORT: '0',
    };
    const start = async (name: ServiceName): Promise<void> => {
      const logFile = join(stage.directory, `${name}.log`);
      const service = await startService({ name, config, logFile, env });
      service.lines.on('line', (line) => lines.push(line));
      running.push(service);
    };
    await Promise.all([start('watcher'), start('loader'), start('cleaner')]);
  });
  afterAll(async () => {
    await Promise.all(running.map((service) => service.stop()));
    await stage.close();
  });

  it('load in the normal mode, by the name of a warehouse', async () => {
    const body = `{:table "users" :pk-columns ["id"] :columns ["id" "name"] :database :dw1
      :options ["DELIMITER '\\\\t'" "IGNOREHEADER 1" "ESCAPE" "TRIMBLANKS"] :data-pattern ".*tsv$"}`;
    const files = { '0.tsv': 'id\tname\n1\tone \n', '1.tsv': 'id\tname\n2\ttwo\\\tthree\n' };
    await stage.dropAll('in/users/', files, { name: 'manifest.edn', body });
    for (const name of Object.keys(files)) await stage.heard.cleaned(`in/users/${name}`);
    expect(await stage.keys('in/users/')).toEqual(['in/users/manifest.edn']);
    expect(await stage.rows('select id, name from users order by id')).toEqual([
      [1, 'one'],
      [2, 'two\tthree'],
    ]);
  });

  it('load in the alternate mode, by an inline url', async () => {
    const body = `{:table "mart.orders" :pk-columns ["id"] :columns ["id" "amount"] :jdbc-url "${jdbcUrl}"
      :options ["CSV"] :data-pattern ".*orders.*csv" :strategy "replace" :execute-opts {:timeout-millis 60000}
      :keep-data-pattern-files-on-import true :keep-manifest-upon-import false}`;
    await stage.dropAll(
      'in/orders/',
      { 'orders.csv': '1,2.50\n2,3\n' },
      { name: 'orders-manifest.edn', body },
    );
    await stage.gone('in/orders/orders-manifest.edn');
    expect(await stage.keys('in/orders/')).toEqual(['in/orders/orders.csv']);
    expect(await stage.rows('select id, amount::text from mart.orders order by id')).toEqual([
      [1, '2.50'],
      [2, '3'],
    ]);
  });

  it('are about the directories that :key-pattern matches, and no others', async () => {
    const body = `{:table "rest" :columns ["id"] :database :dw1 :options "CSV" :data-pattern ".*csv"
      :strategy "append"}`;
    await stage.dropAll('elsewhere/', { 'a.csv': '7\n' }, { name: 'manifest.edn', body });
    await stage.dropAll('in/rest/', { 'a.csv': '8\n' }, { name: 'manifest.edn', body });
    await stage.heard.cleaned('in/rest/a.csv');
    expect(await stage.rows('select id from rest')).toEqual([[8]]);
    expect(await stage.isThere('elsewhere/a.csv')).toBe(true);
  });

  it('load every file once, with nothing to complain about', () => {
    expect(lines.filter(({ level }) => level > 40)).toEqual([]);
    expect(stage.heard.all('load-failed')).toEqual([]);
    expect(doubled(loadedFiles(stage.heard.events))).toEqual([]);
  });
});

function configOf(bucket: string, jdbcUrl: string): string {
  const { accessKeyId, secretAccessKey } = stackEndpoints().s3;
  return `{:s3 {:credentials   {:access-key "${accessKeyId}"
                      :secret-key "${secretAccessKey}"}
      :bucket        "${bucket}"
      :key-pattern   "in/.*"
      :poll-interval {:seconds 1 :random-seconds 1}}
 :telemetry {:reporters [uswitch.blueshift.telemetry/log-metrics-reporter]}
 :redshift-connections [{:dw1 {:jdbc-url "${jdbcUrl}"}}]}`;
}
