import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StackEndpoints } from '#stack';
import { startWatchdog } from '../stack/watchdog.ts';

const ROOT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url),
);

/** `dopplershift redshift-emulator` as a separate process, the way people start it. */
export type EmulatorProcess = {
  /** `postgres://user@127.0.0.1:port/database`, for clients and for the option `url` of a warehouse */
  readonly url: string;
  /** SIGTERM; resolves when the process is gone */
  readonly stop: () => Promise<void>;
};

export type EmulatorPlace = {
  /** the PostgreSQL behind it */
  readonly backendUrl: string;
  readonly s3: StackEndpoints['s3'];
  readonly logFile: string;
};

/** Resolves when it listens. @throws Error with its words when it ends before that */
export async function startEmulatorProcess({
  backendUrl,
  s3,
  logFile,
}: EmulatorPlace): Promise<EmulatorProcess> {
  const place = ['--backend', backendUrl, '--s3-endpoint', s3.endpoint, '--s3-region', s3.region];
  const child = spawn(
    process.execPath,
    [`${ROOT}dist/apps/cli/src/main.js`, 'redshift-emulator', ...place, '--port', '0', '--json'],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  // nothing else ends it when we are killed: it goes on without a backend
  const watchdog = startWatchdog('');
  if (child.pid !== undefined) watchdog.guard(child.pid, 'SIGTERM');
  const log = createWriteStream(logFile, { flags: 'a' });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    log.write(chunk);
  });
  const gone = exited.then(() => {
    log.end();
    if (child.pid !== undefined) watchdog.release(child.pid, 'SIGTERM');
    watchdog.close();
    throw new Error(`the emulator of Redshift ended before it listened:\n${said}`);
  });
  gone.catch(() => undefined);
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, 'line').then(([line]) => (JSON.parse(String(line)) as { url: string }).url);
  return {
    url: await Promise.race([ready, gone]),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
