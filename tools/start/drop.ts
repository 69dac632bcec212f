/** `npm run drop -- FILE… PREFIX/`: puts files into the bucket of a running `npm start`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '#config';
import { silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { LOCAL_DIRECTORY, configIn } from './local-place.ts';

const { values, positionals } = parseArgs({
  options: { config: { type: 'string', default: configIn(LOCAL_DIRECTORY) } },
  allowPositionals: true,
});
const prefix = positionals.at(-1) ?? '';
const files = positionals.slice(0, -1);
const loaded = loadConfig({ path: values.config, env: {} });
if (files.length === 0 || !prefix.endsWith('/')) {
  process.stderr.write('usage: npm run drop -- FILE… PREFIX/   (e.g. fruit.csv manifest.edn fruit/)\n');
  process.exitCode = 1;
} else if (loaded.kind === 'problems') {
  process.stderr.write(`${loaded.problems.join('\n')}\nIs \`npm start\` running?\n`);
  process.exitCode = 1;
} else {
  const { bucket, ...s3 } = loaded.config.s3;
  const store = s3ObjectStore(s3, silentLog);
  for (const file of files) {
    const key = `${prefix}${basename(file)}`;
    await store.put({ bucket, key }, await readFile(file));
    process.stdout.write(`s3://${bucket}/${key}\n`);
  }
  store.close();
}
