/** `npm run sql -- "select …"` or a file: asks the warehouse of a running `npm start`. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import pg from 'pg';
import { loadConfig } from '#config';
import { LOCAL_DIRECTORY, configIn } from './local-place.ts';

const { values, positionals } = parseArgs({
  options: { config: { type: 'string', default: configIn(LOCAL_DIRECTORY) } },
  allowPositionals: true,
});
const [given = ''] = positionals;
const loaded = loadConfig({ path: values.config, env: {} });
const url = loaded.kind === 'config' ? loaded.config.warehouses['main']?.url : undefined;
if (given === '' || !url) {
  process.stderr.write('usage: npm run sql -- "select …" | FILE.sql   (while `npm start` runs)\n');
  process.exitCode = 1;
} else {
  const client = new pg.Client({ connectionString: url.reveal() });
  await client.connect();
  const answer = await client.query<Record<string, unknown>>(
    existsSync(given) ? await readFile(given, 'utf8') : given,
  );
  const table = new Table({ head: answer.fields.map(({ name }) => name), style: { head: [], border: [] } });
  for (const row of answer.rows) table.push(Object.values(row).map(String));
  process.stdout.write(answer.fields.length > 0 ? `${table.toString()}\n` : `${answer.command}\n`);
  await client.end();
}
