/**
 * `npm run fidelity -- --url redshift://… --bucket B`: the golden vectors on a real cluster, or on whatever
 * speaks as one. Exit code 1 when something differs, 2 when it was typed wrongly.
 */
import { parseConnectionUrl } from '../../libs/warehouse/src/connection-url.ts';
import { openSessions } from '../../libs/warehouse/src/sessions.ts';
import type { Sessions } from '../../libs/warehouse/src/sessions.ts';
import { silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { readArguments, USAGE, UsageError } from './read-arguments.ts';
import type { Arguments } from './read-arguments.ts';
import { HEAD, lineOf, summaryOf } from './report.ts';
import { runVectors } from './run-vectors.ts';
import type { Verdict } from './run-vectors.ts';

const CONNECT_TIMEOUT_MS = 30_000;

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2), process.env);
  const store = s3ObjectStore({ ...given.s3, forcePathStyle: given.s3.endpoint !== undefined }, silentLog);
  const sessions = openAt(given);
  try {
    process.stdout.write(`${await versionOf(sessions)}\n\n${HEAD}\n`);
    const { bucket, prefix, authorization, copyRegion: region } = given;
    const verdicts: Verdict[] = [];
    const range = { sessions, store, bucket, prefix, authorization, region };
    for await (const verdict of runVectors(range, given.vectors)) {
      process.stdout.write(`${lineOf(verdict)}\n`);
      verdicts.push(verdict);
    }
    process.stdout.write(`\n${summaryOf(verdicts)}\n`);
    return verdicts.some(({ problems }) => problems.length > 0) ? 1 : 0;
  } finally {
    await sessions.close();
    store.close();
  }
}

function openAt({ url }: Arguments): Sessions {
  const how = {
    connection: parseConnectionUrl(url),
    poolMax: 1,
    applicationName: 'dopplershift:fidelity',
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    // the vectors say how moments are printed there
    greeting: [`set timezone to 'UTC'`],
  };
  return openSessions(how, silentLog);
}

async function versionOf(sessions: Sessions): Promise<string> {
  const lease = { statementTimeoutMs: CONNECT_TIMEOUT_MS };
  const ask = 'select version() as version';
  const [row] = await sessions.lend(lease, (session) => session.rows<{ version: string }>(ask));
  return row?.version ?? '';
}

/** Wrong options of parseArgs are TypeErrors with a code. */
function isTypedWrongly(thrown: Error): boolean {
  if (thrown instanceof UsageError) return true;
  return 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const isUsage = thrown instanceof Error && isTypedWrongly(thrown);
    const sentence = thrown instanceof Error ? thrown.message : String(thrown);
    process.stderr.write(`${sentence}\n${isUsage ? `\n${USAGE}` : ''}`);
    process.exit(isUsage ? 2 : 1);
  },
);
