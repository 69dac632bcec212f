import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackEndpoints } from '#testing';
import { eventually } from '../tools/fleet/eventually.ts';
import type { LogLine, ServiceProcess } from '../tools/fleet/service-process.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

/** With characters that a url escapes, so that both its forms have to be hidden. */
const PLANTED = {
  warehouse: 'planted-Warehouse/7+é',
  wrongWarehouse: 'planted-Wrong/8+é',
  inline: 'planted-Inline/9+é',
  wrongInline: 'planted-WrongInline/0+é',
  s3: 'planted-S3-secret-key/1+',
  copy: 'planted-Copy-secret-key/2',
  cell: 'planted-cell-of-a-row',
} as const;

describe('what must not be seen', () => {
  let stage: Stage;
  let role: string;
  let inlineRole: string;
  const running: ServiceProcess[] = [];
  const told: string[] = [];
  const lines: LogLine[] = [];

  const urlOf = (user: string, password: string): string => {
    const url = new URL(stage.databaseUrl);
    url.username = user;
    url.password = encodeURIComponent(password);
    return url.href;
  };
  const jdbcOf = (user: string, password: string): string => {
    const { host, pathname } = new URL(stage.databaseUrl);
    return `jdbc:postgresql://${host}${pathname}?user=${user}&password=${encodeURIComponent(password)}`;
  };
  const manifestOf = (table: string, warehouse: string, options = 'CSV') => ({
    name: 'manifest.edn',
    body: `{:table "${table}" :columns ["id" "name"] ${warehouse} :strategy "append" :options ["${options}"]
      :data-pattern ".*csv"}`,
  });

  beforeAll(async () => {
    const url = '${PLANTED_WAREHOUSE_URL}';
    stage = await openStage({
      settings: {
        warehouses: { main: { url }, locked: { url: '${PLANTED_WRONG_URL}' } },
        manifests: { allowInlineUrls: true },
        service: { logLevel: 'debug' },
      },
    });
    const database = new URL(stage.databaseUrl).pathname.slice(1);
    role = `${database}_loader`;
    inlineRole = `${database}_inline`;
    await stage.sql.query(`
      create role ${role} login password '${PLANTED.warehouse}';
      create role ${inlineRole} login password '${PLANTED.inline}' in role ${role};
      grant create on database ${database} to ${role};
      create table open (id integer, name text); create table inlined (id integer, name text);
      create table forbidden (id integer, name text); create table locked (id integer, name text);
      grant all on open, inlined to ${role}`);
  });
  afterAll(async () => {
    await stage.sql.query(`drop owned by ${inlineRole}, ${role} cascade; drop role ${inlineRole}, ${role}`);
    await stage.close();
  });

  const start = async (name: 'watcher' | 'loader' | 'cleaner', env = {}): Promise<ServiceProcess> => {
    const service = await stage.start(name, {
      PLANTED_WAREHOUSE_URL: urlOf(role, PLANTED.warehouse),
      PLANTED_WRONG_URL: urlOf(role, PLANTED.wrongWarehouse),
      ...env,
    });
    service.lines.on('line', (line) => lines.push(line));
    return service;
  };
  const listen = async (service: ServiceProcess): Promise<void> => {
    for (const path of ['/metrics', '/health/ready', '/health/live', '/nowhere'])
      told.push(await (await fetch(`${service.url()}${path}`)).text());
  };

  it('a wrong S3 key is refused, which the watcher says and waits for its mending', async () => {
    const watcher = await start('watcher', { DOPPLERSHIFT_S3_SECRET_ACCESS_KEY: PLANTED.s3 });
    await stage.drop('open/manifest.edn', manifestOf('open', ':database :main').body);
    const line = await eventually('a word about the bucket', () =>
      lines.find(({ msg }) => msg.startsWith('cannot list the bucket')),
    );
    expect(line).toMatchObject({ code: 'access-denied' });
    expect((await fetch(`${watcher.url()}/health/ready`)).status).toBe(503);
    await listen(watcher);
    expect(await watcher.stop()).toEqual({ code: 0, signal: null });
  });

  it('passwords, inline or configured, and keys in COPY options load what they may', async () => {
    running.push(...(await Promise.all([start('watcher'), start('loader'), start('cleaner')])));
    const loads = async (table: string): Promise<void> => {
      await stage.heard.cleaned(`${table}/a.csv`);
      expect(await stage.rows(`select * from ${table}`)).toEqual([[1, 'one']]);
    };
    const credentials = `CSV CREDENTIALS 'aws_access_key_id=AKIA;aws_secret_access_key=${PLANTED.copy}'`;
    await stage.dropAll('open/', { 'a.csv': '1,one\n' }, manifestOf('open', ':database :main', credentials));
    // One after the other: whoever loads first owns the schema of the ledgers, and only the second role is a
    // member of the first.
    await loads('open');
    const inline = `:jdbc-url "${jdbcOf(inlineRole, PLANTED.inline)}"`;
    await stage.dropAll('inlined/', { 'a.csv': '1,one\n' }, manifestOf('inlined', inline));
    await loads('inlined');
  });

  it('a wrong password is a failure with a remedy', async () => {
    await stage.dropAll('locked/', { 'a.csv': '1,one\n' }, manifestOf('locked', ':database :locked'));
    const inline = `:jdbc-url "${jdbcOf(inlineRole, PLANTED.wrongInline)}"`;
    await stage.dropAll('locked-inline/', { 'a.csv': '1,one\n' }, manifestOf('inlined', inline));
    for (const key of ['locked/a.csv', 'locked-inline/a.csv']) {
      const failed = await stage.heard.failed(key);
      expect(failed).toMatchObject({
        code: 'access-denied',
        remedy: expect.stringMatching(/^Correct user and password of the warehouse url/),
      });
      expect(failed.message).toContain('password authentication failed');
    }
  });

  it('a missing right is a failure with a remedy, and once granted the load runs', async () => {
    await stage.dropAll('forbidden/', { 'a.csv': '1,one\n' }, manifestOf('forbidden', ':database :main'));
    const failed = await stage.heard.failed('forbidden/a.csv');
    expect(failed).toMatchObject({ code: 'access-denied', remedy: expect.stringMatching(/^Grant the role/) });
    expect(failed.message).toContain('permission denied for table forbidden');
    await stage.sql.query(`grant all on forbidden to ${role}`);
    const [asked] = stage.heard.all('load-requested', ({ loadId }) => loadId === failed.loadId);
    if (!asked) throw new Error('nobody asked for it');
    await stage.kafka.publisher().publish({ ...asked, retry: true }, 'main/public.forbidden');
    await stage.heard.cleaned('forbidden/a.csv');
    expect(await stage.rows('select * from forbidden')).toEqual([[1, 'one']]);
  });

  it('a refused row is named without its values', async () => {
    await stage.dropAll('open/', { 'b.csv': `${PLANTED.cell},two\n` });
    const failed = await stage.heard.failed('open/b.csv');
    expect(failed.rejected[0]).toMatchObject({ line: 1, column: 'id' });
  });

  it('is in no log line, no message, no metric, no answer and no memory', async () => {
    for (const service of running) await listen(service);
    const attempts = await stage.rows('select code, message from dopplershift.attempts');
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    const logs = readdirSync(stage.directory)
      .filter((name) => name.endsWith('.log'))
      .map((name) => readFileSync(join(stage.directory, name), 'latin1'));
    const messages = await everyMessage();
    expect(logs.length).toBe(4);
    expect(messages.length).toBeGreaterThan(20);
    const everything = [...logs, ...told, JSON.stringify(attempts), JSON.stringify(events), ...messages];
    for (const [name, secret] of Object.entries(PLANTED))
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
        const bytes = Buffer.from(form).toString('latin1');
        expect(
          everything.filter((text) => text.includes(form) || text.includes(bytes)),
          name,
        ).toEqual([]);
      }
  });

  /** Key, value and headers of every message of every topic, as they are on the wire. */
  async function everyMessage(): Promise<string[]> {
    const kafka = new Kafka({ brokers: [...stackEndpoints().kafkaBrokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(stage.topicPrefix));
    const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
    const total = ends.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    await admin.disconnect();
    const consumer = kafka.consumer({ groupId: `${stage.topicPrefix}raw` });
    const found: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        const headers = JSON.stringify(message.headers);
        found.push([message.key, message.value, headers].map((part) => part?.toString('latin1')).join('\n'));
        return Promise.resolve();
      },
    });
    await eventually('every message', () => found.length >= total || undefined);
    await consumer.disconnect();
    return found;
  }
});
