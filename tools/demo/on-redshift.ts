import type pg from 'pg';
import { WEATHER } from './datasets.ts';
import { secondsToVisible } from './journey-board.ts';
import type { Scene } from './scene.ts';

/**
 * The same road with the other dialect: `:database :redshift`. The loader sends COPY with a manifest and
 * reads Redshift's own views; the emulator, which answers here, takes nothing that Redshift would not.
 */
export async function loadThroughRedshift(scene: Scene, redshift: pg.Pool): Promise<void> {
  const { table, files, manifest, ddl, rows, sample } = WEATHER;
  scene.title(`Amazon Redshift, as the emulator plays it: ${files.length} files, one COPY`);
  await redshift.query(ddl);
  const keys = files.map(({ name }) => `${table}/${name}`);
  await Promise.all(
    files.map(({ name, body }) => scene.drop(`${table}/${name}`, `${table} (redshift)`, body)),
  );
  await scene.fleet.drop(`${table}/manifest.edn`, manifest);
  await scene.settled(keys);
  const after = secondsToVisible(scene.journeyOf(keys[0] ?? ''));
  const shown = await redshift.query(sample);
  const count = await numberOf(redshift, `select count(*) as n from ${table}`);
  scene.say(`${table}: ${count} rows in ${await versionOf(redshift)}, visible after ${after}`);
  scene.say(`   ${sample} → ${JSON.stringify(shown.rows[0])}`);
  const copies = `select count(distinct query) as n from stl_load_commits
    where trim(filename) like '%/${table}/%'`;
  const left = await objectsBelow(scene, '_dopplershift/manifests/');
  scene.proofs.equal(`${table} holds the ${rows} rows of its files, in Redshift's dialect`, count, rows);
  scene.proofs.equal('several files for Redshift are one COPY', await numberOf(redshift, copies), 1);
  scene.proofs.equal('no manifest of that COPY is left in the bucket', left, 0);
}

/** Asked again after everything was asked of the loaders once more. */
export async function redshiftIsAsBefore(scene: Scene, redshift: pg.Pool): Promise<void> {
  const count = await numberOf(redshift, `select count(*) as n from ${WEATHER.table}`);
  scene.proofs.equal('the replay of all requests changed nothing in Redshift', count, WEATHER.rows);
}

async function numberOf(redshift: pg.Pool, text: string): Promise<number> {
  const { rows } = await redshift.query<{ n: string }>(text);
  return Number(rows[0]?.n);
}

async function versionOf(redshift: pg.Pool): Promise<string> {
  const { rows } = await redshift.query<{ version: string }>('select version() as version');
  return /Redshift [\d.]+/.exec(rows[0]?.version ?? '')?.[0] ?? 'a warehouse that is no Redshift';
}

async function objectsBelow({ fleet }: Scene, prefix: string): Promise<number> {
  let found = 0;
  for await (const { objects } of fleet.store.list({ bucket: fleet.bucket, prefix })) found += objects.length;
  return found;
}
