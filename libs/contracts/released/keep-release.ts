/**
 * Keeps the schemas and bytes of a release, so that every later build proves that it still reads them:
 * `node dist/libs/contracts/released/keep-release.js 0.2` after `npm run build`. Never run it twice for a
 * release.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { encodeEvent, ownSchemas } from '../src/index.ts';
import { SAMPLES } from './samples.ts';

const [release] = process.argv.slice(2);
if (!release) throw new RangeError('usage: keep-release.js RELEASE, e.g. 0.2');
const folder = `libs/contracts/released/${release}`;
mkdirSync(folder);
for (const { type, fingerprint, json } of ownSchemas()) {
  const samples = SAMPLES.filter((event) => event.type === type);
  const kept = samples.map((event) => ({ event, hex: encodeEvent(event).toString('hex') }));
  const file = { fingerprint, schema: JSON.parse(json), samples: kept };
  writeFileSync(`${folder}/${type}.json`, `${JSON.stringify(file, undefined, 2)}\n`);
}
