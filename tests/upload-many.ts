import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { StackEndpoints } from '#testing';

const UPLOADS_AT_A_TIME = 16;

export type Upload = readonly [key: string, body: string];

/**
 * Puts thousands of small objects, whose keys need no escapes. By hand, with signatures of version 2, which
 * the stack's S3 server takes as well: the SDK needs some milliseconds of this machine for each.
 */
export async function uploadMany(
  s3: StackEndpoints['s3'],
  bucket: string,
  objects: readonly Upload[],
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: UPLOADS_AT_A_TIME });
  const left = objects.values();
  const work = async (): Promise<void> => {
    for (const [key, body] of left) await put(s3, { path: `/${bucket}/${key}`, body, agent });
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_A_TIME }, work));
  agent.destroy();
}

type Put = { readonly path: string; readonly body: string; readonly agent: Agent };

function put(s3: StackEndpoints['s3'], { path, body, agent }: Put): Promise<void> {
  const date = new Date().toUTCString();
  const signed = createHmac('sha1', s3.secretAccessKey).update(`PUT\n\n\n${date}\n${path}`).digest('base64');
  const headers = {
    date,
    authorization: `AWS ${s3.accessKeyId}:${signed}`,
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${s3.endpoint}${path}`, { method: 'PUT', headers, agent }, (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`PUT ${path}: ${answer.statusCode}`)),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
