/** Databases, buckets and topics that specs make for themselves, and how a shared stack gets rid of them. */
import { createRequire } from 'node:module';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import type { StackEndpoints } from './start-stack.ts';

/** @returns the url of the new, empty database */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await withClient(serverUrl, (client) => client.query(`create database ${client.escapeIdentifier(name)}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function createBucket(s3: StackEndpoints['s3'], bucket: string): Promise<void> {
  const { CreateBucketCommand, client } = s3Client(s3);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

/** Removes everything whose name starts with `run`. */
export async function clearRun(endpoints: StackEndpoints, run: string): Promise<void> {
  await Promise.all([
    dropDatabases(endpoints.postgresUrl, run),
    deleteTopics(endpoints.kafkaBrokers, run),
    deleteBuckets(endpoints.s3, run),
  ]);
}

async function dropDatabases(url: string, run: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [run],
    );
    for (const { datname } of found.rows)
      await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`);
  });
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function deleteTopics(brokers: readonly string[], run: string): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(run));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}

async function deleteBuckets(s3: StackEndpoints['s3'], run: string): Promise<void> {
  const { client, ListBucketsCommand, DeleteBucketCommand, DeleteObjectsCommand, paginateListObjectsV2 } =
    s3Client(s3);
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  for (const { Name: Bucket } of Buckets.filter(({ Name = '' }) => Name.startsWith(run))) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      const Objects = Contents.map(({ Key }) => ({ Key }));
      if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    }
    await client.send(new DeleteBucketCommand({ Bucket }));
  }
  client.destroy();
}

/**
 * Loaded late: most specs never talk to S3, and the SDK takes its time. By require: an import in vitest's own
 * process would pass every file of the SDK through its transformer (4 s).
 */
function s3Client(s3: StackEndpoints['s3']) {
  // The SDK prints a page about Node versions otherwise.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const sdk: typeof import('@aws-sdk/client-s3') = createRequire(import.meta.url)('@aws-sdk/client-s3');
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  return { ...sdk, client: new sdk.S3Client({ endpoint, region, credentials, forcePathStyle: true }) };
}
