import { relative } from 'node:path';
import { BUCKET } from './local-place.ts';
import type { LocalPlace } from './local-place.ts';

/**
 * What a person needs who has just started everything. The logins are for servers that only this machine
 * reaches.
 */
export function welcome(place: LocalPlace, urls: ReadonlyMap<string, string>): string {
  const { kafkaBrokers, s3 } = place.endpoints;
  const { accessKeyId, secretAccessKey } = s3;
  const aws = `aws --endpoint-url ${s3.endpoint} s3 cp`;
  const config = relative('', place.config);
  const services = [...urls].map(([name, url]) => `  ${name.padEnd(10)} ${url}/metrics   /health/ready`);
  return `
  Kafka      ${kafkaBrokers.join(',')}
  S3         ${s3.endpoint}   bucket ${BUCKET}, access key ${accessKeyId}, secret key ${secretAccessKey}
  PostgreSQL ${place.databaseUrl}
${services.join('\n')}
  data, logs ${relative('', place.directory)}

From another terminal, a table, a manifest with a file, and what became of it:

  npm run --silent sql -- examples/first-load/table.sql
  npm run --silent drop -- examples/first-load/manifest.edn examples/first-load/fruit.csv fruit/
  npm run --silent sql -- "select * from fruit"

The same with the tools of AWS and PostgreSQL:

  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${s3.region}
  psql '${place.databaseUrl}' -f examples/first-load/table.sql
  ${aws} examples/first-load/manifest.edn s3://${BUCKET}/fruit/
  ${aws} examples/first-load/fruit.csv s3://${BUCKET}/fruit/

The CLI:  npx dopplershift status --config ${config}

Ctrl-C stops everything; the data stay.
`;
}
