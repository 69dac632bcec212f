import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchJars } from './fetch-jars.ts';
import { freePort } from './free-port.ts';
import { javaServer } from './java-command.ts';
import { type Launch, launch } from './launch.ts';
import { stackSources } from './places.ts';

export type S3Storage = 'memory' | 'files';

/** For a server that only listens on 127.0.0.1; they are no secret. */
export const S3_LOGIN = {
  region: 'us-east-1',
  accessKeyId: 'local-access',
  secretAccessKey: 'local-secret',
} as const;

const PROBE_TIMEOUT_MS = 2_000;

/** S3Proxy. `memory` forgets everything at a restart and has no limits of a file system; `files` keeps it. */
export function startS3(storage: S3Storage): Launch {
  return async ({ directory, watchdog }) => {
    const jars = await fetchJars('s3');
    return launch(async () => {
      const logging = `-Dlogback.configurationFile=${join(stackSources, 's3', 'logback.xml')}`;
      const java = javaServer(jars, { heapMax: '1g', flags: [logging] });
      const data = join(directory, 's3');
      await mkdir(data, { recursive: true });
      const endpoint = `http://127.0.0.1:${await freePort()}`;
      const file = join(directory, 's3.properties');
      await writeFile(file, properties({ endpoint, storage, data }));
      const spec = {
        name: 'the S3 server',
        command: java.command,
        args: [...java.args, 'org.gaul.s3proxy.Main', '--properties', file],
        logFile: join(directory, 's3.log'),
        stopSignal: 'SIGTERM' as const,
        answers: () => serverAnswers(endpoint),
      };
      return { spec, endpoint, afterStop: java.keepArchive };
    }, watchdog);
  };
}

/** Any answer will do: an unsigned request is refused by the S3 layer itself. */
async function serverAnswers(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await answer.arrayBuffer();
    return true;
  } catch {
    return false; // not yet; the caller's limit decides when that is an error
  }
}

function properties(at: { endpoint: string; storage: S3Storage; data: string }): string {
  return `s3proxy.endpoint=${at.endpoint}
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=${S3_LOGIN.accessKeyId}
s3proxy.credential=${S3_LOGIN.secretAccessKey}
s3proxy.v4-max-non-chunked-request-size=268435456
jclouds.provider=${at.storage === 'memory' ? 'transient-nio2' : 'filesystem-nio2'}
jclouds.filesystem.basedir=${at.data}
`;
}
