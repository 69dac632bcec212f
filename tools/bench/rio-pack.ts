import { createHash } from 'node:crypto';
import { parseETag } from '#contracts';
import { RedshiftIO } from '#rio';
import type { RioRim } from '#rio';
import type { Figure } from './report.ts';

/** What the Go ancestor did per second of CPU, with its JSON check and gzip: rows of about 250 bytes. */
const ANCESTOR_ROWS = 117_000;
const WANTED_RATIO = 1.5;
const ROWS = 1_000_000;
const DIFFERENT_ROWS = 50_000;
const MEBIBYTE = 1024 * 1024;

/** (h): rows that a pipe takes per second of CPU, all threads counted, with S3 and the endpoint left out. */
export async function rioPack(): Promise<readonly Figure[]> {
  const rows = Array.from({ length: DIFFERENT_ROWS }, (_, index) => rowOf(index));
  const uploads: Buffer[] = [];
  const pipe = pipeWithout(uploads);
  await pipe.packMany(rows);
  await pipe.send();
  const rowBytes = rows.reduce((sum, row) => sum + row.length, 0) / rows.length;
  const [rss, cpu, start] = [process.memoryUsage.rss(), process.cpuUsage(), performance.now()];
  uploads.length = 0;
  for (let index = 0; index < ROWS; index += 1) await pipe.pack(rows[index % DIFFERENT_ROWS] ?? '');
  await pipe.send();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = ROWS / ((user + system) / 1e6);
  const packed = (ROWS * rowBytes) / uploads.reduce((sum, { length }) => sum + length, 0);
  const held = uploads.reduce((sum, { length }) => sum + length, 0);
  const grown = process.memoryUsage.rss() - rss - held;
  return [
    {
      name: '(h) rio: rows packed per second of CPU',
      rival: 'the Go ancestor',
      ours: perSecond.toFixed(0),
      theirs: String(ANCESTOR_ROWS),
      ratio: perSecond / ANCESTOR_ROWS,
      wanted: WANTED_RATIO,
      note:
        `${ROWS} rows of ${rowBytes.toFixed(0)} bytes in ${seconds.toFixed(1)} s, ` +
        `${((perSecond * rowBytes) / 1e6).toFixed(0)} MB per CPU second, gzip to 1/${packed.toFixed(1)}, ` +
        `RSS grew by ${(grown / MEBIBYTE).toFixed(0)} MiB beside the parts kept here`,
    },
  ];
}

function pipeWithout(uploads: Buffer[]): RedshiftIO {
  const rim: RioRim = {
    store: {
      head: async () => undefined,
      put: async (_at, body) => {
        uploads.push(body);
        return { etag: parseETag('e') };
      },
      close: () => undefined,
    },
    fetch: async () => new Response('', { status: 202 }),
    now: Date.now,
  };
  const destinationConfig = {
    schema: 's',
    table: 't',
    columns: [{ name: 'time', type: 'timestamp' }],
    dataTimestampColumn: 'time',
  } as const;
  return new RedshiftIO({ destinationConfig, s3Bucket: 'none', jobEndpoint: 'http://none/' }, rim);
}

/** Half of it says the same again and again, as events do; half of it is different every time. */
function rowOf(index: number): string {
  const noise = createHash('sha256').update(String(index)).digest('hex');
  return JSON.stringify({
    time: new Date(1_772_446_530_000 + index * 137).toISOString(),
    id: noise.slice(0, 32),
    session: noise.slice(32),
    action: ['view', 'click', 'buy', 'leave'][index % 4],
    page: `/products/${(index * 31) % 5_000}/details?tab=prices`,
    amount: ((index * 7_919) % 100_000) / 100,
    ok: index % 3 === 0,
    user: { id: (index * 104_729) % 1_000_003, plan: index % 5 === 0 ? 'paid' : 'free' },
  });
}
