import { randomBytes } from 'node:crypto';
import avro from 'avsc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SchemaBook, encodeEvent, loadIdOf, ownSchemas, topicName } from '#contracts';
import type { FileRef, LoadRequested } from '#contracts';
import { partitionOf } from '#kafka';
import { eventually } from '../tools/fleet/eventually.ts';
import { runCli } from '../tools/fleet/run-cli.ts';
import type { LogLine, ServiceProcess } from '../tools/fleet/service-process.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

const PARTITIONS = 6;
const laneOf = (table: string) => `main/public.${table}`;
const partitionOfTable = (table: string) => partitionOf(laneOf(table), PARTITIONS);

/** Names of tables whose lanes are in the same partition, and one whose lane is elsewhere. */
const TABLES = Array.from({ length: 40 }, (_unused, n) => `t${n}`);
const [first = '', second = ''] = TABLES.filter((name) => partitionOfTable(name) === partitionOfTable('t0'));
const elsewhere = TABLES.find((name) => partitionOfTable(name) !== partitionOfTable(first)) ?? '';

const manifestOf = (table: string) =>
  `{:table "${table}" :columns ["id"] :database :main :strategy "append"
    :options "CSV" :data-pattern ".*csv"}`;

describe('among the requests of the loaders', () => {
  let stage: Stage;
  let loader: ServiceProcess;
  const lines: LogLine[] = [];

  beforeAll(async () => {
    stage = await openStage();
    for (const table of [first, second, elsewhere]) {
      await stage.sql.query(`create table ${table} (id integer)`);
      await stage.drop(`${table}/manifest.edn`, manifestOf(table));
    }
    await Promise.all([stage.start('watcher'), stage.start('cleaner')]);
    loader = await stage.start('loader');
    loader.lines.on('line', (line) => lines.push(line));
  });
  afterAll(() => stage.close());

  const topic = () => topicName(stage.topicPrefix, 'load-requested');
  const send = (key: string, value: Buffer, headers = {}) =>
    stage.kafka.publisher().publishBytes({
      topic: topic(),
      partition: partitionOf(key, PARTITIONS),
      key: Buffer.from(key),
      value,
      headers,
    });
  const heard = (sentence: string) =>
    eventually(`the loader to say ${sentence}`, () => lines.find(({ msg }) => msg.includes(sentence)));
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${loader.url()}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{.*\\} (.*)$`, 'm').exec(text)?.[1]);
  };

  it('bytes that are no event become dead letters, and their partition goes on', async () => {
    const garbage = Buffer.concat([Buffer.from([1]), randomBytes(199)]);
    const cut = Buffer.from([0xc3, 0x01, 1, 2, 3]);
    // As the framing of a schema registry would begin.
    const zero = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), randomBytes(195)]);
    await send(laneOf(first), garbage, { traceparent: 'as it was' });
    await send(laneOf(first), cut);
    await send(laneOf(first), zero);
    await stage.drop(`${first}/1.csv`, '1\n');
    await stage.heard.cleaned(`${first}/1.csv`);
    expect(await stage.rows(`select id from ${first}`)).toEqual([[1]]);
    const letters = await stage.kafka.deadLetters.list('load-requested');
    expect(letters.map(({ key, value }) => [key?.toString(), value])).toEqual([
      [laneOf(first), garbage],
      [laneOf(first), cut],
      [laneOf(first), zero],
    ]);
    expect(letters[0]).toMatchObject({
      headers: { traceparent: 'as it was' },
      because: expect.stringMatching(/\w/),
      source: { topic: topic(), partition: partitionOfTable(first) },
    });
    await heard('a message cannot be read');
  });

  it('one of a newer release stops its partition alone, until its schema is there', async () => {
    const key = 'apart/2.csv';
    await stage.drop(key, '2\n');
    const newer = newerRelease(await requestFor(key));
    await send(laneOf(first), newer.value);
    await stage.drop(`${second}/3.csv`, '3\n');
    await stage.drop(`${elsewhere}/4.csv`, '4\n');
    await stage.heard.cleaned(`${elsewhere}/4.csv`);
    const alert = await heard('waits for the schema');
    expect(alert).toMatchObject({ partition: partitionOfTable(first), fingerprint: newer.fingerprint });
    expect(alert.level).toBeGreaterThanOrEqual(50);
    expect(await metric('dopplershift_partitions_blocked')).toBe(1);
    expect(await stage.rows(`select id from ${second} union all select id from ${first}`)).toEqual([[1]]);
    await stage.kafka.publisher().publishBytes({
      topic: topicName(stage.topicPrefix, 'schemas'),
      partition: 0,
      key: Buffer.from(newer.fingerprint),
      value: Buffer.from(newer.json),
      headers: {},
    });
    await stage.heard.cleaned(`${second}/3.csv`);
    await stage.heard.cleaned(key);
    expect(await stage.rows(`select id from ${first} order by id`)).toEqual([[1], [2]]);
    expect(await metric('dopplershift_partitions_blocked')).toBe(0);
  });

  it('one that a registry framed waits, and is skipped by a person once the loader is stopped', async () => {
    await stage.drop('apart/6.csv', '6\n');
    const framed = encodeEvent(await requestFor('apart/6.csv'), { registryId: 4 });
    const { offset } = await send(laneOf(first), framed);
    await stage.drop(`${second}/5.csv`, '5\n');
    const alert = await heard('set kafka.registryUrl');
    expect(alert).toMatchObject({ partition: partitionOfTable(first), offset: String(offset) });
    const place = `load-requested/${partitionOfTable(first)}/${offset}`;
    const running = await runCli(['dead-letters', 'skip', place], { config: stage.config });
    expect(running).toMatchObject({ code: 1, err: expect.stringContaining('has members') });
    await loader.stop();
    const skipped = await runCli(['dead-letters', 'skip', place], { config: stage.config });
    expect(skipped).toMatchObject({ code: 0, err: '' });
    expect(skipped.out).toContain(`${place}: ${framed.length} bytes`);
    await stage.start('loader');
    await stage.heard.cleaned(`${second}/5.csv`);
    const letters = await stage.kafka.deadLetters.list('load-requested');
    expect(letters.at(-1)).toMatchObject({ value: framed, because: 'a person had it skipped' });
  });

  it('nothing of it was lost, doubled or put among the dead letters but by a person', async () => {
    expect(await stage.kafka.deadLetters.list('load-requested')).toHaveLength(4);
    await eventually('the last commit', async () => (await stage.loaderLag()) === 0 || undefined);
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
  });

  /** As a watcher would ask for it, if the file were where a watcher looks. */
  async function requestFor(key: string): Promise<LoadRequested> {
    const like = stage.heard.all('load-requested')[0];
    const info = await stage.store.head({ bucket: stage.bucket, key });
    if (!like || !info) throw new Error('nothing was asked for yet');
    const { bucket, etag, size, lastModified } = info;
    const ref: FileRef = { bucket, key, etag, size, lastModified };
    const tables = like.plan.tables.map((table) => ({
      ...table,
      steps: table.steps.map((step) =>
        step.kind === 'Copy' ? { ...step, files: { kind: 'Inline' as const, refs: [ref] } } : step,
      ),
    }));
    const plan = { ...like.plan, tables };
    return { ...like, plan, loadId: loadIdOf(plan) };
  }
});

/** The event as a release would write it that has a field more. */
function newerRelease(event: LoadRequested): { value: Buffer; json: string; fingerprint: string } {
  const own = ownSchemas().find((schema) => schema.type === event.type)?.json ?? '';
  const schema = JSON.parse(own) as { fields: object[] };
  const urgency = { name: 'urgency', type: ['null', 'int'], default: null };
  const json = JSON.stringify({ ...schema, fields: [...schema.fields, urgency] });
  const typeOf = (text: string) =>
    avro.Type.forSchema(JSON.parse(text) as avro.Schema, { wrapUnions: 'always' });
  const fingerprint = new SchemaBook().add(json);
  const record: object = typeOf(own).fromBuffer(encodeEvent(event).subarray(10));
  const value = Buffer.concat([
    Buffer.from([0xc3, 0x01]),
    Buffer.from(fingerprint, 'hex').reverse(),
    typeOf(json).toBuffer({ ...record, urgency: { int: 7 } }),
  ]);
  return { value, json, fingerprint };
}
