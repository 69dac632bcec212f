import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshBucket, freshDatabase, freshTopicPrefix, stackEndpoints } from '#testing';
import { runCli } from '../../../tools/fleet/run-cli.ts';

let config: string;
let databaseUrl: string;

beforeAll(async () => {
  const { s3, kafkaBrokers } = stackEndpoints();
  databaseUrl = await freshDatabase();
  config = join(mkdtempSync(join(tmpdir(), 'cli-')), 'dopplershift.json');
  const settings = {
    s3: { ...s3, bucket: await freshBucket() },
    kafka: { brokers: kafkaBrokers, topicPrefix: freshTopicPrefix(), partitions: 3 },
    warehouses: { main: { url: databaseUrl } },
  };
  writeFileSync(config, JSON.stringify(settings));
});

async function doctor(env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await runCli(['doctor', '--json'], { config, env });
  const { findings } = JSON.parse(out) as { findings: { check: string; state: string; says: string }[] };
  const wrong = findings.filter(({ state }) => state === 'wrong').map(({ check }) => check);
  return { code, wrong, findings, said: out + err };
}

describe('the topics and the doctor', () => {
  it('miss the topics of a new installation, until they are created', async () => {
    expect(await doctor()).toMatchObject({ code: 1, wrong: ['topics'] });
    expect(await runCli(['topics'], { config })).toMatchObject({ code: 1 });
    const created = await runCli(['topics', '--create'], { config });
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.out).toContain('created 11');
    expect(await runCli(['topics', '--create'], { config })).toMatchObject({ code: 0 });
    const listed = await runCli(['topics'], { config });
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/load-requested\s+3\s+for ever\s+delete\s+ok/);
  });

  it('find everything in order then', async () => {
    const { code, wrong, findings } = await doctor();
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'kafka',
        'topics',
        'partitions',
        'retention',
        'bucket list',
        'bucket write',
        'conditional delete',
        'clock of S3',
        'warehouse main',
        'ledger in main',
        'clock of main',
      ]),
    );
  });

  it('refuse another number of partitions, naming both', async () => {
    const env = { DOPPLERSHIFT_KAFKA_PARTITIONS: '4' };
    const { code, wrong, said } = await doctor(env);
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['partitions'] });
    expect(said).toContain('has 3 partitions, not 4');
    for (const args of [['topics'], ['topics', '--create']]) {
      const { code: exit, out } = await runCli(args, { config, env });
      expect(exit).toBe(1);
      expect(out).toContain('has 3 partitions, not 4');
    }
  });

  it('never print a password, right or wrong', async () => {
    const url = new URL(databaseUrl);
    url.username = 'nobody-of-that-name';
    url.password = 'planted-pass/word';
    const { code, wrong, said } = await doctor({ DOPPLERSHIFT_WAREHOUSES_MAIN_URL: url.href });
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['warehouse main'] });
    expect(said).toContain('access-denied');
    expect(said).not.toContain('planted-pass');
    expect(said).not.toContain(stackEndpoints().s3.secretAccessKey);
  });

  it('say what is wrong with each part by itself', async () => {
    const { code, wrong } = await doctor({
      DOPPLERSHIFT_S3_BUCKET: 'a-bucket-that-is-not-there',
      DOPPLERSHIFT_KAFKA_BROKERS: '127.0.0.1:1',
    });
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['kafka', 'bucket list'] });
  });
});

describe('the command line', () => {
  it('ends with 78 and every problem of the configuration', async () => {
    const env = { DOPPLERSHIFT_KAFKA_PARTITIONS: 'many', DOPPLERSHIFT_CLEANER_MODE: 'burn' };
    const { code, out, err } = await runCli(['status'], { config, env });
    expect({ code, out }).toEqual({ code: 78, out: '' });
    expect(err).toContain('DOPPLERSHIFT_KAFKA_PARTITIONS');
    expect(err).toContain('DOPPLERSHIFT_CLEANER_MODE');
  });

  it('says that topics are missing instead of waiting for them', async () => {
    const env = { DOPPLERSHIFT_KAFKA_TOPIC_PREFIX: freshTopicPrefix() };
    const { code, out } = await runCli(['status', '--json'], { config, env });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'options-invalid' } });
    expect(out).toContain('topics --create');
  });
});
