import type { LoadCompleted, LoadFailed } from '#contracts';
import { eventually } from '../fleet/eventually.ts';
import { AIRPORTS, DATASETS, ZIPCODES } from './datasets.ts';
import type { Dataset } from './datasets.ts';
import { secondsToVisible } from './journey-board.ts';
import type { Scene } from './scene.ts';

/** The tables are the user's: dopplershift loads into them and never makes them by itself from a manifest. */
export async function createTables(scene: Scene): Promise<void> {
  for (const dataset of [...DATASETS, ZIPCODES]) await scene.fleet.sql.query(dataset.ddl);
  await scene.fleet.sql.query('create table readings (sensor text, value integer)');
}

/** Every data set goes from bucket to table to removal. */
export async function loadEverything(scene: Scene): Promise<void> {
  scene.title(`Dropping ${DATASETS.length} data sets, each a manifest and a file`);
  for (const dataset of DATASETS) await announce(scene, dataset);
  await scene.settled(DATASETS.map(keyOf));
  for (const dataset of DATASETS) await showTable(scene, dataset);
}

async function showTable(scene: Scene, dataset: Dataset): Promise<void> {
  const rows = await scene.count(dataset.table);
  const after = secondsToVisible(scene.journeyOf(keyOf(dataset)));
  const sample = await scene.fleet.sql.query(dataset.sample);
  scene.say(`${dataset.table}: ${rows} rows, ${dataset.what}, visible after ${after}`);
  scene.say(`   ${dataset.sample.replaceAll(/\s+/g, ' ')} → ${JSON.stringify(sample.rows[0])}`);
  scene.proofs.equal(`${dataset.table} holds the ${dataset.rows} rows of its file`, rows, dataset.rows);
}

/** The same key with other bytes is a new version: it is loaded, and the merge shows it. */
export async function overwriteOneFile(scene: Scene): Promise<void> {
  scene.title('Overwriting a file: the merge takes the new version');
  const body = AIRPORTS.body().toString('utf8').replace('Baton Rouge Metropolitan, Ryan', 'Ryan Field');
  await scene.drop(keyOf(AIRPORTS), AIRPORTS.table, body);
  await scene.settled([keyOf(AIRPORTS)]);
  const { rows } = await scene.fleet.sql.query<{ name: string }>(AIRPORTS.sample);
  scene.say(`airport BTR is now called ${rows[0]?.name}`);
  scene.proofs.equal('an overwritten file is an upsert', rows[0]?.name ?? '', 'Ryan Field');
  scene.proofs.equal('an upsert doubles nothing', await scene.count('airports'), AIRPORTS.rows);
}

/** Alternate mode: the data stays in the bucket, the manifest goes, the directory is no longer watched. */
export async function alternateMode(scene: Scene): Promise<void> {
  scene.title('The alternate mode: data kept, manifest removed');
  await announce(scene, ZIPCODES);
  const { bucket, store } = scene.fleet;
  const manifest = { bucket, key: manifestOf(ZIPCODES) };
  await eventually('the removal of the manifest', async () =>
    (await store.head(manifest)) === undefined ? 'gone' : undefined,
  );
  const kept = await store.head({ bucket, key: keyOf(ZIPCODES) });
  scene.say(`${manifest.key} is gone, ${keyOf(ZIPCODES)} is still there`);
  scene.proofs.equal('zipcodes is loaded in alternate mode', await scene.count('zipcodes'), ZIPCODES.rows);
  scene.proofs.holds('the alternate mode keeps the data and removes the manifest', kept !== undefined);
}

const READINGS_MANIFEST = `{:table "readings" :columns ["sensor" "value"] :database :main :strategy "append"
 :options ["CSV"] :data-pattern ".*\\\\.csv"}`;

/** One broken file is named with line, column and reason; its neighbours load. */
export async function oneBrokenFile(scene: Scene): Promise<void> {
  scene.title('A broken file between two good ones');
  await scene.drop('readings/good-1.csv', 'readings', 'a,1\nb,2\n');
  await scene.drop('readings/broken.csv', 'readings', 'a,3\nb,4\nc,five\n');
  await scene.drop('readings/good-2.csv', 'readings', 'd,6\n');
  const failed = scene.next('load-failed', (event: LoadFailed) => event.rejected.length > 0);
  await scene.fleet.drop('readings/manifest.edn', READINGS_MANIFEST);
  const { rejected, code, remedy } = await failed;
  const [row] = rejected;
  scene.say(`${code}: ${row?.file} line ${row?.line}, column ${row?.column}: ${row?.reason}`);
  scene.say(`   ${remedy}`);
  scene.proofs.equal('a broken file is reported with its line', row?.line ?? 0, 3);
  scene.proofs.equal('a broken file is reported with its column', row?.column ?? '', 'value');
  await scene.settled(['readings/good-1.csv', 'readings/good-2.csv']);
  scene.proofs.equal('the files beside a broken one are loaded', await scene.count('readings'), 3);
}

/**
 * Loaders stopped, the warehouse set back, the topic rewound, loaders started: exactly the lost loads run.
 */
export async function replayFromKafka(scene: Scene, lost: readonly string[]): Promise<void> {
  scene.title('Replay from Kafka: the warehouse goes back in time and catches up again');
  const before = await scene.counts();
  await scene.stopLoader();
  await scene.restoreSnapshot();
  const restored = await scene.counts();
  scene.say(`restored to the snapshot: ${JSON.stringify(restored)}`);
  scene.proofs.holds('the restored warehouse is older', JSON.stringify(restored) !== JSON.stringify(before));
  await scene.rewind();
  const again = scene.collect('load-completed', (event: LoadCompleted) => event.outcome === 'loaded');
  await scene.startLoader();
  await eventually('the lost loads', async () =>
    JSON.stringify(await scene.counts()) === JSON.stringify(before) ? 'back' : undefined,
  );
  await scene.loaderIdle();
  const loads = again().flatMap((event) => event.files.filter((file) => file.status === 'loaded'));
  const keys = [...new Set(loads.map((file) => file.ref.key))].toSorted();
  scene.say(`loaded again: ${keys.join(', ')}`);
  scene.proofs.equal('exactly the lost loads ran again', keys.join(), [...lost].toSorted().join());
  scene.proofs.equal(
    'all tables are as before',
    JSON.stringify(await scene.counts()),
    JSON.stringify(before),
  );
  const { rows } = await scene.fleet.sql.query<{ name: string }>(AIRPORTS.sample);
  scene.proofs.equal('the replayed upsert is the new version', rows[0]?.name ?? '', 'Ryan Field');
}

/** The files whose loads happen after the snapshot was taken. */
export const LOST_KEYS = [keyOf(AIRPORTS), keyOf(ZIPCODES), 'readings/good-1.csv', 'readings/good-2.csv'];

async function announce(scene: Scene, dataset: Dataset): Promise<void> {
  await scene.drop(keyOf(dataset), dataset.table, dataset.body());
  await scene.fleet.drop(manifestOf(dataset), dataset.manifest);
}

function keyOf(dataset: Dataset): string {
  return `${dataset.table}/${dataset.fileName}`;
}

function manifestOf(dataset: Dataset): string {
  return `${dataset.table}/manifest.edn`;
}
