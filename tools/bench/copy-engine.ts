import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDatabase } from '#stack';
import { contest } from './contest.ts';
import type { Turn } from './contest.ts';
import type { ShapeName } from './engine-rows.ts';
import type { EngineTurn } from './engine-turn.ts';
import type { Figure } from './report.ts';
import type { Stage } from './stage.ts';

/** a row of the benchmark's table is about so long */
const ROW_BYTES = 100;
const MEBIBYTE = 1024 * 1024;
const RSS_OVER_IDLE_MAX = 150 * MEBIBYTE;
const GZIP_MB_PER_SECOND = 64;

type Side = 'engine' | 'raw';

/**
 * (g): the row engine against raw COPY FROM STDIN of the same rows, its memory, and its speed through gzip.
 * Each turn is a process of its own.
 */
export async function copyEngine(stage: Stage): Promise<readonly Figure[]> {
  const url = await createDatabase(stage.stack.endpoints.postgresUrl, 'bench_engine');
  const megabytes = Math.max(1, Math.round((stage.rows * ROW_BYTES) / 1e6));
  const against = async (shape: ShapeName, wanted: number, what: string): Promise<Figure> =>
    await contest(stage, {
      name: `(g) row engine, ${megabytes} MB ${what}`,
      rival: 'raw COPY FROM STDIN of the same rows',
      wanted,
      ours: async () => turnOf(await measure(shape, megabytes, 'engine', url)),
      theirs: async () => turnOf(await measure(shape, megabytes, 'raw', url)),
    });
  return [
    await against('escaped', 0.5, 'delimited, ESCAPE REMOVEQUOTES'),
    await against('json', 0.4, "JSON 'auto'"),
    memory('(g) RSS over idle', await measure('escaped', megabytes * 10, 'engine')),
    memory('(g) RSS over idle, rows of 4 MB', await measure('long rows', megabytes, 'engine')),
    gzip(await measure('gzip', megabytes, 'engine')),
  ];
}

function turnOf({ seconds, cpuSeconds }: EngineTurn): Turn {
  return { seconds, clientCpu: cpuSeconds };
}

function memory(name: string, { rssOverIdle, bytes }: EngineTurn): Figure {
  return {
    name: `${name}, ${(bytes / 1e9).toFixed(1)} GB`,
    rival: '',
    ours: `${(rssOverIdle / MEBIBYTE).toFixed(0)} MiB`,
    theirs: '',
    bound: { wanted: '≤ 150 MiB', met: rssOverIdle <= RSS_OVER_IDLE_MAX },
  };
}

function gzip({ seconds, cpuSeconds, bytes }: EngineTurn): Figure {
  const speed = bytes / 1e6 / seconds;
  return {
    name: '(g) row engine through gzip, nothing sent',
    rival: '',
    ours: `${speed.toFixed(0)} MB/s`,
    theirs: '',
    bound: { wanted: `≥ ${GZIP_MB_PER_SECOND} MB/s`, met: speed >= GZIP_MB_PER_SECOND },
    note: `${(bytes / 1e6 / cpuSeconds).toFixed(0)} MB per second of CPU`,
  };
}

async function measure(shape: ShapeName, megabytes: number, side: Side, url?: string): Promise<EngineTurn> {
  const script = fileURLToPath(new URL('./engine-turn.js', import.meta.url));
  const given = [script, shape, String(megabytes), side, ...(url === undefined ? [] : [url])];
  const { stdout } = await promisify(execFile)(process.execPath, given);
  const measured: unknown = JSON.parse(stdout);
  if (isTurn(measured)) return measured;
  throw new Error(`a turn of the engine said ${stdout}`);
}

function isTurn(value: unknown): value is EngineTurn {
  const figures = ['seconds', 'cpuSeconds', 'bytes', 'rssOverIdle'];
  return typeof value === 'object' && value !== null && figures.every((figure) => figure in value);
}
